package io.juxta.cli;

import io.juxta.runs.Harmless;
import io.juxta.runs.StatusLine;
import io.juxta.runs.StatusText;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The two standard streams as one screen: lines on either go above the status line, which stays the last one, and what
 * cannot be written is remembered.
 *
 * <p>The status line leaves signals and the terminal's settings alone: it is text, a carriage return before and behind
 * it. With the cursor at its beginning it can be erased whole even where the terminal has become narrower meanwhile and
 * has broken it into two.
 */
final class Screen implements StatusLine {
    private static final String ERASE = "\r\033[J";
    private static volatile @Nullable Screen installed;

    private final OutputStream err;
    private final IntSupplier columns;
    private @Nullable IntFunction<String> status;
    private boolean last;
    private boolean drawn;
    /** Whether a line is begun and not ended, so that there is no place for the status line. */
    private boolean inLine;

    private @Nullable IOException failure;

    /** @param columns of the terminal that err is */
    Screen(OutputStream err, IntSupplier columns) {
        this.err = err;
        this.columns = columns;
    }

    /** Puts itself in the place of {@code System.out} and {@code System.err}, for the rest of this process. */
    static Screen install() {
        TerminalWidth width = new TerminalWidth();
        Screen screen = new Screen(new FileOutputStream(FileDescriptor.err), width);
        width.onChange(screen::redraw);
        System.setOut(screen.out(new FileOutputStream(FileDescriptor.out), charset("stdout")));
        System.setErr(screen.err(charset("stderr")));
        installed = screen;
        return screen;
    }

    static Optional<Screen> installed() {
        return Optional.ofNullable(installed);
    }

    /** What Java would have written the stream in. */
    private static Charset charset(String stream) {
        String name = System.getProperty(stream + ".encoding", System.getProperty("sun." + stream + ".encoding", ""));
        return Charset.isSupported(name.isEmpty() ? "none" : name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    PrintStream out(OutputStream out, Charset charset) {
        return new PrintStream(new Beside(out, true), true, charset);
    }

    PrintStream err(Charset charset) {
        return new PrintStream(new Beside(err, false), true, charset);
    }

    @Override
    public synchronized void status(IntFunction<String> text) {
        if (!last) {
            status = text;
            redraw();
        }
    }

    /** Shows on a terminal, where there is one, how work comes to its end. */
    static Runnable ending(String word) {
        return () -> installed()
                .filter(screen -> Colour.isTerminal())
                .ifPresent(screen -> screen.lastStatus(columns -> StatusText.cut(word, columns)));
    }

    /** Draws a status line that no other takes the place of. */
    synchronized void lastStatus(IntFunction<String> text) {
        status(text);
        last = true;
    }

    @Override
    public synchronized void clear() {
        erase();
        status = null;
    }

    private synchronized void redraw() {
        IntFunction<String> text = status;
        if (text == null || inLine) {
            return;
        }
        // in its last column a terminal would wait to break the line
        String line = text.apply(Math.max(1, columns.getAsInt() - 1));
        byte[] bytes = line.getBytes(Charset.defaultCharset());
        send("\r" + new String(Harmless.of(bytes, 0, bytes.length), Charset.defaultCharset()) + "\033[J\r");
        drawn = true;
    }

    private void erase() {
        if (drawn) {
            send(ERASE);
            drawn = false;
        }
    }

    private void send(String text) {
        try {
            err.write(text.getBytes(Charset.defaultCharset()));
            err.flush();
        } catch (IOException e) {
            // nobody sees the terminal any more: there is nothing to draw on
            status = null;
        }
    }

    /** Why standard output did not take something, where it did not. */
    synchronized Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** A stream whose lines go above the status line. */
    private final class Beside extends OutputStream {
        private final OutputStream to;
        private final boolean matters;

        Beside(OutputStream to, boolean matters) {
            this.to = to;
            this.matters = matters;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (count == 0) {
                return;
            }
            synchronized (Screen.this) {
                erase();
                try {
                    to.write(Harmless.of(bytes, from, count));
                } catch (IOException e) {
                    failure = matters && failure == null ? e : failure;
                    throw e;
                } finally {
                    inLine = bytes[from + count - 1] != '\n';
                    redraw();
                }
            }
        }

        @Override
        public void flush() throws IOException {
            to.flush();
        }
    }
}
