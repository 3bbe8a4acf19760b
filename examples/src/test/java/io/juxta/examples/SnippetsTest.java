package io.juxta.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README and docs show of Java compiles, against what strangers have on their class path. */
class SnippetsTest {
    private static final Pattern JAVA = Pattern.compile("(?ms)^```java\\R(.*?)^```");

    /** One that is a file of its own. */
    private static final Pattern PROGRAM = Pattern.compile("(?m)^public final class (\\w+)");

    /** What a reader has at hand: each snippet may use it without a declaration. */
    private static final String AT_HAND = """
            import dev.langchain4j.data.message.*;
            import dev.langchain4j.data.segment.*;
            import dev.langchain4j.store.embedding.*;
            import dev.langchain4j.store.embedding.inmemory.*;
            import io.juxta.*;
            import io.juxta.curation.*;
            import io.juxta.exchange.*;
            import io.juxta.langchain4j.*;
            import io.juxta.lucene.*;
            import io.juxta.runs.*;
            import io.juxta.search.*;
            import io.juxta.service.*;
            import io.juxta.train.recipe.*;
            import java.awt.image.BufferedImage;
            import java.io.File;
            import java.nio.file.*;
            import java.util.*;
            import java.util.concurrent.*;
            import javax.imageio.ImageIO;
            import org.springframework.ai.content.Media;
            import org.springframework.ai.document.Document;
            import org.springframework.ai.embedding.*;
            import org.springframework.core.io.FileSystemResource;
            import org.springframework.util.MimeTypeUtils;
            abstract class Snippet%d {
                Path photos, folder, photo;
                File file;
                byte[] bytes;
                List<String> names;
                List<Path> files;
                Encoder encoder;
                DocumentEmbeddingModel model;
                Recipe recipe;
                RunListener listener;
                Run run;
                void snippet() throws Exception {
            %s
                }
            }
            """;

    @TempDir
    Path classes;

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    @Test
    void everySnippetCompiles() throws IOException {
        List<String> snippets = new ArrayList<>();
        for (Path page : pages()) {
            Matcher snippet = JAVA.matcher(Files.readString(page).replace("\r\n", "\n"));
            while (snippet.find()) {
                snippets.add(snippet.group(1));
            }
        }
        assertThat(snippets).hasSizeGreaterThanOrEqualTo(5);
        assertThat(complaints(snippets)).isEmpty();
    }

    @Test
    void oneThatDoesNotCompileIsNoticed() {
        assertThat(complaints(List.of("float[] e = encoder.embedAll(files);\n")))
                .singleElement()
                .asString()
                .contains("embedAll");
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("../docs"))) {
            return Stream.concat(
                            Stream.of(Path.of("../README.md"), Path.of("README.md")),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .toList();
        }
    }

    private List<String> complaints(List<String> snippets) {
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < snippets.size(); i++) {
            String snippet = snippets.get(i);
            Matcher whole = PROGRAM.matcher(snippet);
            sources.add(
                    whole.find()
                            ? new Source(whole.group(1), snippet)
                            : new Source("Snippet" + i, String.format(Locale.ROOT, AT_HAND, i, snippet)));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        List<String> options =
                List.of("-d", classes.toString(), "-proc:none", "-classpath", System.getProperty("java.class.path"));
        compiler.getTask(null, null, said, options, null, sources).call();
        return said.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> each + " in:\n" + (each.getSource() instanceof Source source ? source.text : ""))
                .toList();
    }
}
