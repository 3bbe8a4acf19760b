package io.juxta.cli;

import io.juxta.runs.Interruption;
import io.juxta.runs.Version;
import io.juxta.torch.Computing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/**
 * The juxta command. Nothing here, nor in the fields of the sub-commands, may touch libtorch: help and usage errors
 * must not wait for it.
 */
@Command(
        name = "juxta",
        description =
                "Contrastive visual learning: trains image encoders without labels, translates images without pairs,"
                        + " and judges both.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Main.Versions.class,
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nArguments:%n",
        commandListHeading = "%nCommands:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage", "130:interrupted"})
public final class Main extends CommandGroup {
    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of a failure as well.")
    private boolean debug;

    /** Runs one command and ends the JVM with its {@link ExitStatus}. */
    public static void main(String[] args) {
        Screen screen = Screen.install();
        System.exit(Interruption.untilLastWord(() -> {
            int status = List.of(args).equals(List.of("--version")) ? version() : run(commandLine(), args);
            screen.clear();
            return status == ExitStatus.DONE ? written(screen) : status;
        }));
    }

    /** What {@code --version} prints. */
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            return new String[] {Version.line()};
        }
    }

    /** Asked for alone it need not wait for all that a command line is made of. */
    private static int version() {
        try {
            System.out.println(Version.line());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ExitStatus.DONE;
    }

    /** What systems say where a reader has seen enough and left, as {@code head} does: that is no failure. */
    private static final List<String> LEFT = List.of("Broken pipe", "The pipe is being closed");

    /** Whoever reads what a command says must not take half of it for the whole. */
    private static int written(Screen screen) {
        System.out.flush();
        Optional<IOException> failure =
                screen.failure().filter(e -> LEFT.stream().noneMatch(String.valueOf(e.getMessage())::contains));
        failure.ifPresent(
                e -> System.err.println(Failures.prefix() + " standard output cannot be written: " + e.getMessage()));
        return failure.isPresent() ? ExitStatus.FAILED : ExitStatus.DONE;
    }

    /** The command with its sub-commands, failures turned into lines and exit statuses. */
    static CommandLine commandLine() {
        Main main = new Main();
        CommandLine command = new CommandLine(main);
        command.addSubcommand(new QuickstartCommand());
        command.addSubcommand(new PrepareCommand());
        command.addSubcommand(new PretrainCommand());
        command.addSubcommand(new TranslateCommand());
        command.addSubcommand(new DetectCommand());
        command.addSubcommand(new EvaluateCommand());
        command.addSubcommand(new MethodsCommand());
        command.addSubcommand(new RecipesCommand());
        command.addSubcommand(new RecipeCommand());
        command.addSubcommand(new ExportCommand());
        command.addSubcommand(new ImportCommand());
        command.addSubcommand(new InspectCommand());
        command.addSubcommand(new EmbedCommand());
        command.addSubcommand(new ClassifyCommand());
        command.addSubcommand(new SearchCommand());
        command.addSubcommand(new IndexCommand());
        command.addSubcommand(new DuplicatesCommand());
        command.addSubcommand(new CurateCommand());
        command.addSubcommand(new ExploreCommand());
        command.addSubcommand(new CompareCommand());
        command.addSubcommand(new ServeCommand());
        CommandLine launch = new CommandLine(new LaunchCommand());
        // what follows the command to launch is the command's
        launch.setStopAtPositional(true);
        command.addSubcommand(launch);
        command.addSubcommand(new ReportCommand());
        command.addSubcommand(new WatchCommand());
        command.addSubcommand(new DoctorCommand());
        command.addSubcommand(new CompletionCommand());
        command.addSubcommand(new HelpCommand());
        command.registerConverter(Path.class, Main::path);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setColorScheme(Help.defaultColorScheme(Colour.onOut() ? Help.Ansi.ON : Help.Ansi.OFF));
        command.setParameterExceptionHandler(new Misuse());
        command.setExecutionExceptionHandler(new Failures(() -> main.debug));
        return command;
    }

    /** An empty name, of a shell's variable that is not set, would be the folder that one happens to be in. */
    private static Path path(String name) {
        if (name.isEmpty()) {
            throw new TypeConversionException("expected a file or folder, not an empty name");
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + name + "' is no name of a file here (" + e.getReason()
                    + "): other letters than English ones need a locale with UTF-8, as LC_ALL=C.UTF-8");
        }
    }

    /** Runs one command and returns its exit status. An error of the JVM is told like any other failure. */
    static int run(CommandLine command, String... args) {
        // a command without an Interruption ends at its next step
        try (Computing computing = Computing.begin()) {
            return command.execute(args);
        } catch (OutOfMemoryError | LinkageError e) {
            return Failures.report(e, command.getErr(), ((Main) command.getCommand()).debug);
        }
    }
}
