package io.juxta.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallersTest {
    private static Headers of(String host) {
        Headers headers = new Headers();
        headers.add("Host", host);
        return headers;
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:1", "[::1]", "[::1]:80"})
    void itsOwnNamesAreAnswered(String host) {
        assertThat(Callers.local().objection(of(host))).isEmpty();
        Headers fromItsOwnPage = of(host);
        fromItsOwnPage.add("Origin", "http://" + host);
        assertThat(Callers.local().objection(fromItsOwnPage)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "127.0.0.1.evil.example",
                "localhost.",
                "127.0.0.1:x",
                "127.0.0.1:8080:1",
                "127.0.0.2",
                "",
                "::1",
                "[::1].evil.example",
                "localhost/",
                "a@localhost",
                "localhost:123456"
            })
    void otherNamesAreNot(String host) {
        assertThat(Callers.local().objection(of(host))).isPresent();
        Headers from = of("localhost");
        from.add("Origin", "http://" + host);
        assertThat(Callers.local().objection(from)).isPresent();
    }

    @Test
    void neitherIsWhoSaysNothingOrTwoThings() {
        assertThat(Callers.local().objection(new Headers())).isPresent();
        Headers two = of("localhost");
        two.add("Host", "localhost");
        assertThat(Callers.local().objection(two)).isPresent();
        Headers opaque = of("localhost");
        opaque.add("Origin", "null");
        assertThat(Callers.local().objection(opaque))
                .hasValue("this server answers to 127.0.0.1, [::1], localhost only, and to no page of another site");
    }

    @Test
    void aProxyMayUseItsOwnName() {
        Callers callers = Callers.local().and(List.of("Pictures.example"));
        assertThat(callers.objection(of("pictures.example:443"))).isEmpty();
        assertThat(callers.objection(of("pictures.examples"))).isPresent();
    }

    /** A cluster's probes and scrapers call by the address of the day; a page there is another one's all the same. */
    @Test
    void anAddressIsNoNameOfAnotherSite() {
        Callers callers = Callers.local().andByAddress();
        assertThat(callers.objection(of("10.1.2.3:8080"))).isEmpty();
        assertThat(callers.objection(of("[fd00::7]:8080"))).isEmpty();
        assertThat(Callers.local().objection(of("10.1.2.3:8080"))).isPresent();
        for (String host : new String[] {"evil.example", "10.1.2.3.evil.example", "10.1.2", "0x0a.1.2.3", ""}) {
            assertThat(callers.objection(of(host))).as(host).isPresent();
        }
        Headers own = of("10.1.2.3:8080");
        own.add("Origin", "http://10.1.2.3:8080");
        assertThat(callers.objection(own)).isEmpty();
        Headers other = of("10.1.2.3:8080");
        other.add("Origin", "http://10.6.6.6");
        assertThat(callers.objection(other)).isPresent();
    }
}
