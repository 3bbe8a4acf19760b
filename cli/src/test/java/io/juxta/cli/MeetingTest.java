package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.distributed.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Processes that are started wrongly end, each with one line. */
@Tag("slow")
class MeetingTest extends LaunchedRuns {
    /** Started one by one, as a cluster does, and wrongly. */
    @Test
    void aWrongMeetingIsOneLineInEveryProcess() throws IOException, InterruptedException {
        Map<String, String> alone = Map.of("WORLD_SIZE", "2", "JUXTA_TIMEOUT", "3");
        String port = Integer.toString(Ports.free());
        assertThat(said(List.of(rank(0, port, alone))))
                .containsExactly(List.of(
                        "juxta: rank 1 did not come within 3 s: WORLD_SIZE is 2, are as many processes started?"));
        assertThat(said(List.of(rank(1, port, alone))).get(0).get(0))
                .startsWith("juxta: rank 1 waited 3 s for rank 0 at 127.0.0.1 port " + port);
        Map<String, String> two = Map.of("WORLD_SIZE", "2", "JUXTA_TIMEOUT", "40");
        Map<String, String> three = Map.of("WORLD_SIZE", "3", "JUXTA_TIMEOUT", "40");
        for (List<String> lines : said(List.of(rank(0, port, two), rank(1, port, three)))) {
            assertThat(lines).hasSize(1);
            assertThat(lines.get(0)).contains("was started with WORLD_SIZE").contains("give all processes");
        }
        String other = Integer.toString(Ports.free());
        for (List<String> lines : said(List.of(rank(0, other, three), rank(1, other, three), rank(1, other, three)))) {
            assertThat(lines)
                    .containsExactly("juxta: two processes were started as rank 1: give each of the 3 processes"
                            + " a RANK of its own");
        }
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(0));
            String busy = Integer.toString(taken.getLocalPort());
            assertThat(said(List.of(rank(0, busy, two))).get(0).get(0))
                    .startsWith("juxta: port " + busy + " is taken, rank 0 cannot be met there");
            assertThat(said(List.of(rank(1, busy, two))).get(0).get(0))
                    .startsWith("juxta: what answers at 127.0.0.1 port " + busy + " is no run");
        }
    }

    @Test
    void processesThatWereToldDifferentThingsEnd() throws IOException, InterruptedException {
        String port = Integer.toString(Ports.free());
        Map<String, String> two = Map.of("WORLD_SIZE", "2", "JUXTA_TIMEOUT", "40");
        // how much memory there is for pictures is each machine's own affair
        for (List<String> lines :
                said(List.of(rank(0, port, two), rank(1, port, two, "--set=image-cache=0", "--set=m=0.5")))) {
            assertThat(lines)
                    .containsExactly("juxta: rank 1 was started otherwise than rank 0, its m is 0.5 and not 0.9:"
                            + " give all processes the same command, data and version");
        }
    }
}
