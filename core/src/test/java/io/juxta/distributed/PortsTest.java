package io.juxta.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void isOneThatTheSystemLendsToNobody() throws IOException {
        int port = Ports.free();
        assertThat(port).isBetween(20_000, 31_999);
        try (ServerSocket socket = new ServerSocket(port)) {
            assertThat(socket.getLocalPort()).isEqualTo(port);
        }
    }

    @Test
    void aTakenOneIsPassedOver() throws IOException {
        int free = Ports.free();
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(Ports.free(List.of(taken.getLocalPort(), free).iterator()::next))
                    .isEqualTo(free);
            assertThatThrownBy(() -> Ports.free(taken::getLocalPort))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("no port is free among 100 tried from 20000 to 31999 (")
                    .hasMessageEndingWith("): name one");
        }
    }
}
