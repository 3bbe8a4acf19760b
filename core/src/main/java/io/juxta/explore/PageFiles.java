package io.juxta.explore;

import com.sun.net.httpserver.HttpExchange;
import io.juxta.serve.LoopbackServer;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The page itself: a list of resources, and nothing that is not on it. */
final class PageFiles {
    private static final List<String> NAMES = List.of(
            "page.html",
            "page.css",
            "page.js",
            "base.js",
            "plane.js",
            "points.js",
            "gestures.js",
            "filters.js",
            "lists.js",
            "marks.js",
            "detail.js",
            "words.js");

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Map<String, byte[]> files = new HashMap<>();

    PageFiles() throws IOException {
        for (String name : NAMES) {
            try (InputStream in = Objects.requireNonNull(PageFiles.class.getResourceAsStream(name), name)) {
                files.put(name, in.readAllBytes());
            }
        }
    }

    /** Whether it was asked for, and answered. */
    boolean answer(HttpExchange exchange, String asked) throws IOException {
        String name = asked.isEmpty() ? "page.html" : asked;
        byte[] file = files.get(name);
        if (file == null) {
            return false;
        }
        if (LoopbackServer.allows(exchange, "GET", "HEAD")) {
            exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
            LoopbackServer.send(exchange, 200, type(name) + "; charset=utf-8", file);
        }
        return true;
    }

    private static String type(String name) {
        return name.endsWith(".js") ? "text/javascript" : name.endsWith(".css") ? "text/css" : "text/html";
    }
}
