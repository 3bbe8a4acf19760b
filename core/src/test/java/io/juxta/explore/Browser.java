package io.juxta.explore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A Chromium without a window, driven by its DevTools protocol: mouse and keys go in as a person's do. */
public final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final long PATIENCE_SECONDS = 60;
    private static final Map<String, Integer> NUMBERS = Map.of("Tab", 9, "Enter", 13, "Escape", 27, " ", 32);
    private static final Map<String, String> TEXTS = Map.of("Enter", "\r", " ", " ");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();

    private Browser(Process process, URI page) throws Exception {
        this.process = process;
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(page, new Hearing())
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        call("Page.enable", Map.of());
        call("Runtime.enable", Map.of());
    }

    /** Where one is on this machine, if one is. */
    static Optional<Path> found() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param profile a folder of its own */
    static Browser start(Path program, Path profile, int width, int height) throws Exception {
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "--window-size=" + width + "," + height,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return new Browser(process, page(process, profile.resolve("DevToolsActivePort")));
        } catch (Exception e) {
            end(process);
            throw e;
        }
    }

    private static URI page(Process process, Path told) throws Exception {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS); System.nanoTime() < end; ) {
            if (!process.isAlive()) {
                throw new IOException("the browser ended with " + process.exitValue());
            }
            if (Files.isRegularFile(told) && !Files.readAllLines(told).isEmpty()) {
                String list = "http://127.0.0.1:" + Files.readAllLines(told).get(0) + "/json/list";
                for (JsonNode target : JSON.readTree(HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(URI.create(list)).build(), HttpResponse.BodyHandlers.ofByteArray())
                        .body())) {
                    if (target.path("type").asText().equals("page")) {
                        return URI.create(target.path("webSocketDebuggerUrl").asText());
                    }
                }
            }
            Thread.sleep(50);
        }
        throw new TimeoutException("the browser did not begin");
    }

    private final class Hearing implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    JsonNode said = JSON.readTree(text.toString());
                    CompletableFuture<JsonNode> waiting =
                            asked.remove(said.path("id").asInt(-1));
                    if (waiting != null) {
                        waiting.complete(said);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    JsonNode call(String method, Map<String, ?> parameters) {
        int id = ids.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        try {
            socket.sendText(message.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            JsonNode said = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (said.has("error")) {
                throw new IllegalStateException(method + ": " + said.get("error"));
            }
            return said.path("result");
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method, e);
        }
    }

    void open(URI page) {
        call("Page.navigate", Map.of("url", page.toString()));
    }

    /** The value of an expression; promises are waited for. */
    JsonNode value(String expression) {
        JsonNode said =
                call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (said.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + said.get("exceptionDetails"));
        }
        return said.path("result").path("value");
    }

    /** Until it is true: asked again and again, for as long as anybody would wait. */
    void until(String expression) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!value("Boolean(document.body && (" + expression + "))").asBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("never: " + expression + "; the page says "
                        + value("document.body.innerText").asText());
            }
            Thread.sleep(30);
        }
    }

    /** Seen as on a screen of this size. */
    void screen(int width, int height, boolean dark) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    void mouse(String type, double x, double y) {
        boolean moves = type.equals("mouseMoved");
        call(
                "Input.dispatchMouseEvent",
                Map.of("type", type, "x", x, "y", y, "button", moves ? "none" : "left", "clickCount", moves ? 0 : 1));
    }

    /** Clicks the middle of an element, wherever it is on the page. */
    void click(String selector) {
        JsonNode at = value("(() => { const e = document.querySelector('" + selector + "'); e.scrollIntoView({block:"
                + " 'center'}); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2];"
                + " })()");
        click(at.get(0).asDouble(), at.get(1).asDouble());
    }

    void click(double x, double y) {
        mouse("mouseMoved", x, y);
        mouse("mousePressed", x, y);
        mouse("mouseReleased", x, y);
    }

    void key(String key) {
        key(key, Held.NOTHING);
    }

    /** What is held while a key is pressed. */
    enum Held {
        NOTHING,
        SHIFT
    }

    void key(String key, Held held) {
        Map<String, Object> pressed = new HashMap<>(Map.of("key", key, "modifiers", held == Held.SHIFT ? 8 : 0));
        // without its number a key does nothing by itself, such as go on to what is next
        Optional.ofNullable(NUMBERS.get(key)).ifPresent(number -> pressed.put("windowsVirtualKeyCode", number));
        Map<String, Object> down = new HashMap<>(pressed);
        Optional.ofNullable(TEXTS.get(key)).ifPresent(text -> down.put("text", text));
        down.put("type", "keyDown");
        call("Input.dispatchKeyEvent", down);
        pressed.put("type", "keyUp");
        call("Input.dispatchKeyEvent", pressed);
    }

    void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /** Chooses a file for an input. */
    void file(String selector, Path file) {
        JsonNode input = call("Runtime.evaluate", Map.of("expression", "document.querySelector('" + selector + "')"));
        call(
                "DOM.setFileInputFiles",
                Map.of(
                        "files",
                        List.of(file.toString()),
                        "objectId",
                        input.path("result").path("objectId").asText()));
    }

    void screenshot(Path file) throws IOException {
        String data = call("Page.captureScreenshot", Map.of("format", "png"))
                .path("data")
                .asText();
        Files.write(file, Base64.getDecoder().decode(data));
    }

    /** Until its own processes have ended too: they write into the profile. */
    private static void end(Process process) throws InterruptedException {
        List<ProcessHandle> own = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor(10, TimeUnit.SECONDS);
        }
        for (ProcessHandle each : own) {
            try {
                each.onExit().get(10, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                each.destroyForcibly();
            }
        }
    }

    @Override
    public void close() throws Exception {
        socket.abort();
        end(process);
    }
}
