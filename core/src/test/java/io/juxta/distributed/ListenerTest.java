package io.juxta.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.bytedeco.pytorch.StringVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Who listens where: Linux alone tells the number of a socket, and has more loopback addresses than one. */
@EnabledOnOs(OS.LINUX)
class ListenerTest {
    @Test
    void theStoreListensAtTheAddressThatWasGivenAndNoOther() throws IOException {
        int port = Ports.free();
        Membership alone = Membership.local(0, 1, port, Duration.ofSeconds(20));
        Rendezvous rendezvous = Rendezvous.meet(alone);
        assertThat(rendezvous.store().check(new StringVector("nothing"))).isFalse();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 2000);
        }
        try (Socket socket = new Socket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress("127.0.0.2", port), 2000))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("refused");
        }
    }

    @Test
    void aSocketIsFoundAmongTheFilesOfThisProcess() throws IOException {
        int port = Ports.free();
        assertThat(Listener.open(InetAddress.getByName("127.0.0.1"), port)).isPresent();
        assertThatThrownBy(() -> Listener.open(InetAddress.getByName("127.0.0.1"), port))
                .as("taken by the first")
                .isInstanceOf(IOException.class);
        try (ServerSocket another = new ServerSocket()) {
            another.bind(new InetSocketAddress("127.0.0.2", port));
        }
    }

    @Test
    void namesThatLeadElsewhereAreListenedForEverywhere() throws IOException {
        assertThat(Listener.address("127.0.0.1")).contains(InetAddress.getByName("127.0.0.1"));
        assertThat(Listener.address("localhost")).isPresent();
        assertThat(Listener.address("192.0.2.1")).as("another machine's").isEmpty();
        assertThat(Listener.address("0.0.0.0")).isEmpty();
        assertThat(Listener.address("no.such.name.invalid")).isEmpty();
    }
}
