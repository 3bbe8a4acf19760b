package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.runs.RecipeKeys;
import io.juxta.train.recipe.KeyNote;
import io.juxta.train.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** docs/coming-from.md: it has every argument of the original programs, and what it names is there. */
class ComingFromTest {
    private static final Path PAGE = Path.of("..", "docs", "coming-from.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern SETTING = Pattern.compile("([A-Za-z][\\w-]*)=(.+)");

    /** Each program's arguments, without hyphens, as its parser lists them. */
    private static final Map<String, String> ARGUMENTS = Map.of(
            "main_moco.py",
            "data arch workers epochs start-epoch batch-size lr schedule momentum wd print-freq resume world-size rank"
                    + " dist-url dist-backend seed gpu multiprocessing-distributed moco-dim moco-k moco-m moco-t mlp"
                    + " aug-plus cos",
            "main_lincls.py",
            "data arch workers epochs start-epoch batch-size lr schedule momentum wd print-freq resume evaluate"
                    + " world-size rank dist-url dist-backend seed gpu multiprocessing-distributed pretrained",
            "main_swav.py",
            "data_path nmb_crops size_crops min_scale_crops max_scale_crops crops_for_assign temperature epsilon"
                    + " sinkhorn_iterations feat_dim nmb_prototypes queue_length epoch_queue_starts epochs batch_size"
                    + " base_lr final_lr freeze_prototypes_niters wd warmup_epochs start_warmup dist_url world_size rank"
                    + " local_rank arch hidden_mlp workers checkpoint_freq use_fp16 sync_bn syncbn_process_group_size"
                    + " dump_path seed",
            "main_deepclusterv2.py",
            "nmb_prototypes freeze_prototypes_niters",
            "eval_linear.py",
            "dump_path seed data_path workers arch pretrained global_pooling use_bn epochs batch_size lr wd nesterov"
                    + " scheduler_type decay_epochs gamma final_lr dist_url world_size rank local_rank",
            "eval_semisup.py",
            "dump_path seed data_path workers arch pretrained labels_perc epochs batch_size lr lr_last_layer decay_epochs"
                    + " gamma dist_url world_size rank local_rank",
            "CUT's train.py",
            "dataroot name easy_label gpu_ids checkpoints_dir model input_nc output_nc ngf ndf netD netG n_layers_D normG"
                    + " normD init_type init_gain no_dropout no_antialias no_antialias_up dataset_mode direction"
                    + " serial_batches num_threads batch_size load_size crop_size max_dataset_size preprocess no_flip"
                    + " display_winsize random_scale_max epoch verbose suffix stylegan2_G_num_downsampling display_freq"
                    + " display_ncols display_id display_server display_env display_port update_html_freq print_freq"
                    + " no_html save_latest_freq save_epoch_freq evaluation_freq save_by_iter continue_train epoch_count"
                    + " phase pretrained_name n_epochs n_epochs_decay beta1 beta2 lr gan_mode pool_size lr_policy"
                    + " lr_decay_iters CUT_mode lambda_GAN lambda_NCE nce_idt flip_equivariance nce_layers"
                    + " nce_includes_all_negatives_from_minibatch netF netF_nc nce_T num_patches lambda_R1"
                    + " lambda_identity",
            "CUT's test.py",
            "dataroot phase name checkpoints_dir model netG epoch results_dir num_test eval load_size crop_size preprocess"
                    + " gpu_ids");

    private record Row(String argument, String here, String remark) {}

    private static Map<String, List<Row>> sections() throws IOException {
        Map<String, List<Row>> sections = new LinkedHashMap<>();
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                rows = new ArrayList<>();
                sections.put(line.substring(3), rows);
            } else if (line.startsWith("| ") && !line.startsWith("| argument ")) {
                String[] cells = line.substring(1).split("\\|");
                assertThat(cells.length).as(line).isGreaterThanOrEqualTo(3);
                rows.add(new Row(cells[0].strip(), cells[1].strip(), cells[2].strip()));
            }
        }
        return sections;
    }

    private static List<String> code(String cell) {
        return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    @Test
    void everyArgumentHasARow() throws IOException {
        Map<String, Set<String>> said = new HashMap<>();
        sections().forEach((title, rows) -> {
            Set<String> names = said.computeIfAbsent(title.replaceFirst(": .*", ""), program -> new TreeSet<>());
            rows.forEach(row -> code(row.argument).forEach(name -> names.add(name.replaceFirst("^--?", ""))));
        });
        ARGUMENTS.forEach((program, arguments) ->
                assertThat(said.get(program)).as(program).contains(arguments.split(" ")));
    }

    /** Options are those of the section's command, settings its keys with values that they take; the rest exists. */
    @Test
    void whatIsNamedIsThere() throws IOException {
        Map<String, Set<String>> keys = keys();
        for (Map.Entry<String, List<Row>> section : sections().entrySet()) {
            String command = section.getKey().replaceFirst(".*: juxta ", "");
            for (Row row : section.getValue()) {
                if (!Set.of("None", "WEIGHTS").contains(row.here)) {
                    assertThat(code(row.here))
                            .as(section.getKey() + ", " + row.argument)
                            .isNotEmpty();
                }
                List<String> names = new ArrayList<>(code(row.here));
                code(row.remark).stream()
                        .filter(name -> name.startsWith("--") || name.contains("=") || name.startsWith("juxta "))
                        .forEach(names::add);
                for (String name : names) {
                    String where = section.getKey() + ", " + row.argument + ": " + name;
                    Matcher setting = SETTING.matcher(name);
                    if (name.startsWith("--")) {
                        assertThat(command(command).getCommandSpec().optionsMap())
                                .as(where)
                                .containsKey(name.split(" ")[0]);
                    } else if (name.startsWith("juxta ")) {
                        command(name.substring("juxta ".length()));
                    } else if (setting.matches()) {
                        assertThat(keys.get(command)).as(where).contains(setting.group(1));
                        requireTaken(command, setting.group(1), setting.group(2), where);
                    } else {
                        assertThat(Recipes.names()).as(where).contains(name);
                    }
                }
            }
        }
    }

    private static CommandLine command(String words) {
        CommandLine command = Main.commandLine();
        for (String word : words.split(" ")) {
            command = command.getSubcommands().get(word);
            assertThat(command).as("juxta " + words).isNotNull();
        }
        return command;
    }

    /** The keys that a command takes, by its words. */
    private static Map<String, Set<String>> keys() {
        Map<String, Set<String>> keys = new HashMap<>();
        RecipeKeys.methods()
                .forEach((method, types) -> keys.computeIfAbsent(
                                method.equals("cut") ? "translate train" : "pretrain", command -> new TreeSet<>())
                        .addAll(KeyNote.of(types).stream().map(KeyNote::key).toList()));
        RecipeKeys.ofEvaluation()
                .forEach((command, notes) -> keys.put(
                        command, new TreeSet<>(notes.stream().map(KeyNote::key).toList())));
        return keys;
    }

    /** A value that a recipe refuses would be copied by a reader all the same. */
    private static void requireTaken(String command, String key, String value, String where) {
        List<String> methods = command.equals("pretrain")
                ? List.of("moco", "swav", "deepcluster")
                : command.equals("translate train") ? List.of("cut") : List.of();
        List<String> refusals = new ArrayList<>();
        for (String method : methods) {
            // two rates are bounded by a third
            String rate = Set.of("warmup-start", "final-lr").contains(key) ? "lr: 4.8\n" : "";
            String said = key.equals("method") ? "" : rate + key + ": " + value + "\n";
            try {
                RecipeKeys.explained("method: " + (said.isEmpty() ? value : method) + "\n" + said, "it");
                return;
            } catch (IllegalArgumentException e) {
                refusals.add(e.getMessage());
            }
        }
        assertThat(refusals).as(where).isEmpty();
    }
}
