package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.train.recipe.Recipes;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes by their names, from wherever the command is called. */
@Tag("slow")
class RecipeCommandsTest {
    @TempDir
    Path folder;

    private String from(Path here, int status, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = JuxtaProcess.builder(Main.class, arguments);
        List<String> command = builder.command();
        // the class path may be told from where the tests run
        int classPath = command.indexOf("-cp") + 1;
        command.set(
                classPath,
                Arrays.stream(command.get(classPath).split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator)));
        Process process =
                builder.directory(here.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(status);
        return said;
    }

    @Test
    void aRunOfARecipeIsDescribedFromAnyFolder() throws IOException, InterruptedException {
        TinyRun.images(Files.createDirectories(folder.resolve("photos")), 40);
        String said = from(
                folder,
                ExitStatus.DONE,
                "pretrain",
                "folder/moco-v2",
                "--data",
                "photos",
                "--set=device=cpu",
                "--dry-run");
        assertThat(said).contains("image-size: 224\n", "K 16384 becomes 32: the 40 images");
    }

    @Test
    void whatIsNoRecipeIsOneLine() throws IOException, InterruptedException {
        assertThat(from(folder, ExitStatus.WRONG_USAGE, "pretrain", "folder/moco", "--data", "."))
                .isEqualTo("juxta: folder/moco: no such file, and no recipe is called so; did you mean folder/moco-v2?"
                        + " juxta recipes lists them\n");
        assertThat(from(folder, ExitStatus.WRONG_USAGE, "pretrain", "folder/cut", "--data", "."))
                .isEqualTo("juxta: folder/cut line 3: method cut translates images: give this recipe to juxta translate"
                        + " train\n");
        Files.createDirectories(folder.resolve("folder/moco-v2"));
        assertThat(from(folder, ExitStatus.FAILED, "pretrain", "folder/moco-v2", "--data", "none"))
                .isEqualTo("juxta: none: no such folder\n");
    }

    @Test
    void theListNamesAllAndFitsATerminal() throws IOException, InterruptedException {
        String list = from(folder, ExitStatus.DONE, "recipes");
        assertThat(list.lines().filter(line -> !line.startsWith(" "))).containsExactlyElementsOf(Recipes.names());
        assertThat(list.lines()).allMatch(line -> line.length() <= 80);
        assertThat(list).contains("folder/moco-v2\n    MoCo v2 on any folder of unlabelled photos.");
    }
}
