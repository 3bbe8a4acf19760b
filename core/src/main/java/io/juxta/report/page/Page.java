package io.juxta.report.page;

import io.juxta.report.detection.ShownDetections;
import io.juxta.report.translation.Translations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/**
 * The report as one HTML file that needs nothing beside it: styles, scripts and pictures lie in it, and its own policy
 * lets it load nothing else and run no other script.
 */
@API(status = API.Status.INTERNAL)
public final class Page {
    private static final List<String> SCRIPTS = List.of(
            "base.js",
            "enlarge.js",
            "overview.js",
            "neighbours.js",
            "curves.js",
            "views.js",
            "prototypes.js",
            "map.js",
            "translations.js",
            "detections.js",
            "recipe.js",
            "page.js");
    private static final Pattern PLACE = Pattern.compile("@(title|policy|style|sprites|data|script)@");

    /** Whether the page looks for news by itself. */
    public enum Kind {
        /** A file. */
        STILL,
        /** Served while the run goes on. */
        LIVE
    }

    private Page() {}

    public static String of(ReadRun run, Kind kind) {
        StringBuilder script = new StringBuilder("\"use strict\";\n");
        SCRIPTS.forEach(name -> script.append(resource(name)));
        script.append(kind == Kind.LIVE ? resource("live.js") : "");
        Map<String, String> parts = Map.of(
                "title", escaped(run.name()),
                "policy", policy(script.toString()) + (kind == Kind.LIVE ? "; connect-src 'self'" : ""),
                "style", resource("page.css"),
                "sprites", sprites(run),
                "data", PageData.json(run),
                "script", script.toString());
        return PLACE.matcher(resource("page.html"))
                .replaceAll(place -> Matcher.quoteReplacement(parts.getOrDefault(place.group(1), "")));
    }

    /** What a page may do: show what is in it and run this one script. */
    public static String policy(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'unsafe-inline';"
                    + " script-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String sprites(ReadRun run) {
        return run.pictures()
                        .map(p -> rule("thumb", p.thumbnails()) + rule("view", p.views()))
                        .orElse("")
                + run.gallery().map(g -> rule("nearest", g.thumbnails())).orElse("")
                + run.translations().map(Page::rules).orElse("")
                + run.detections().map(Page::rules).orElse("");
    }

    private static String rules(Translations translations) {
        StringBuilder rules = new StringBuilder(rule("domains", translations.originals()));
        for (Translations.Epoch epoch : translations.epochs()) {
            rules.append(rule("translated-" + epoch.snapshot().epoch(), epoch.sheet()));
        }
        return rules.toString();
    }

    private static String rules(ShownDetections detections) {
        return rule("labelled", detections.labelled())
                + detections
                        .judged()
                        .map(judged -> rule("mistakes", judged.mistakes()))
                        .orElse("");
    }

    private static String rule(String name, byte[] jpeg) {
        return "." + name + "{background-image:url(data:image/jpeg;base64,"
                + Base64.getEncoder().encodeToString(jpeg) + ")}\n";
    }

    public static String escaped(String text) {
        return text.replaceAll("\\p{Cntrl}", " ")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Text of the build, its lines ended as the browser will have them when it checks the policy. */
    public static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read from the build", e);
        }
    }
}
