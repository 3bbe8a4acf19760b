package io.juxta.serve;

import com.sun.net.httpserver.Headers;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/**
 * Who a server that listens on this machine alone answers: only who calls it by one of its names. A page from elsewhere,
 * open in a browser here, can have its own name point to 127.0.0.1 and would then read what is served; its requests carry
 * that name, or that of the page they come from.
 *
 * @param names of the server, without ports
 * @param byAddress whether those are answered, too, who call it by an address in numbers, as a cluster does: no name of a page from
 *     elsewhere leads there
 */
@API(status = API.Status.EXPERIMENTAL)
public record Callers(Set<String> names, boolean byAddress) {
    private static final String HOST = "(\\[[0-9a-fA-F:.]+\\]|[^:/\\[\\]]+)(?::\\d{1,5})?";
    private static final Pattern HOST_HEADER = Pattern.compile(HOST);
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+\\]");
    private static final Pattern ORIGIN_HEADER = Pattern.compile("https?://" + HOST);

    public Callers {
        names = Set.copyOf(names);
    }

    /** Those that call it 127.0.0.1, localhost or [::1]. */
    public static Callers local() {
        return new Callers(Set.of("127.0.0.1", "localhost", "[::1]"), false);
    }

    /** Those that use another name as well, as a proxy before the server does. */
    public Callers and(List<String> more) {
        Set<String> all = new LinkedHashSet<>(names);
        more.forEach(name -> all.add(name.toLowerCase(Locale.ROOT)));
        return new Callers(all, byAddress);
    }

    /** Those that call it by an address in numbers as well: for a server that listens to other machines. */
    public Callers andByAddress() {
        return new Callers(names, true);
    }

    /**
     * Why a request is not answered; empty where it is.
     *
     * @param headers of the request: one Host that is a name of this server, and no Origin that is not
     */
    public Optional<String> objection(Headers headers) {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        List<String> origins = headers.getOrDefault("Origin", List.of());
        String host = hosts.size() == 1 ? named(HOST_HEADER, hosts.get(0)) : "";
        // a page at an address is only ours at the very address that is asked
        boolean known = isOurs(host)
                && origins.stream()
                        .map(origin -> named(ORIGIN_HEADER, origin))
                        .allMatch(origin -> names.contains(origin) || origin.equals(host));
        List<String> shown = new ArrayList<>(names);
        shown.sort(null);
        return known
                ? Optional.empty()
                : Optional.of(
                        "this server answers to " + String.join(", ", shown) + " only, and to no page of another site");
    }

    private boolean isOurs(String host) {
        return names.contains(host) || (byAddress && ADDRESS.matcher(host).matches());
    }

    /** Empty where it names nothing. */
    private static String named(Pattern pattern, String value) {
        Matcher matcher = pattern.matcher(value);
        return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
    }
}
