package io.juxta.distributed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/** Makes sure, before anything is trained, that all processes were told the same. */
@API(status = API.Status.INTERNAL)
public final class Agreement {
    private Agreement() {}

    /**
     * Compares everybody's facts with those of rank 0.
     *
     * @param facts by name, without line breaks
     * @throws PeerException the same in all processes, naming the first that differs and what it is told otherwise
     */
    public static void require(Communicator communicator, Map<String, String> facts) throws IOException {
        String mine = facts.entrySet().stream()
                .map(fact -> fact.getKey() + "\t" + fact.getValue())
                .collect(Collectors.joining("\n"));
        List<byte[]> all = communicator.gather(mine.getBytes(StandardCharsets.UTF_8));
        Map<String, String> first = read(all.get(0));
        for (int rank = 1; rank < all.size(); rank++) {
            Map<String, String> other = read(all.get(rank));
            Set<String> names = new LinkedHashSet<>(first.keySet());
            names.addAll(other.keySet());
            for (String name : names) {
                String expected = first.getOrDefault(name, "(nothing)");
                String found = other.getOrDefault(name, "(nothing)");
                if (!expected.equals(found)) {
                    throw new PeerException("rank " + rank + " was started otherwise than rank 0, its " + name + " is "
                            + shown(found) + " and not " + shown(expected)
                            + ": give all processes the same command, data and version");
                }
            }
        }
    }

    private static String shown(String value) {
        return value.length() > 40 ? value.substring(0, 8) + "..." : value;
    }

    private static Map<String, String> read(byte[] text) {
        Map<String, String> facts = new LinkedHashMap<>();
        new String(text, StandardCharsets.UTF_8).lines().forEach(line -> {
            int tab = line.indexOf('\t');
            facts.put(line.substring(0, tab), line.substring(tab + 1));
        });
        return facts;
    }
}
