package io.juxta.cli;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * The columns of the terminal that this process was started from, by {@code stty}: asked once, and again when the terminal
 * says that its size has changed.
 */
final class TerminalWidth implements IntSupplier {
    private static final int OTHERWISE = 80;
    private static final int PATIENCE_SECONDS = 2;

    private volatile Runnable changed = () -> {};
    private volatile int columns;

    /** @param changed called in a thread of the JVM's */
    void onChange(Runnable changed) {
        this.changed = changed;
    }

    @Override
    public int getAsInt() {
        if (columns == 0) {
            columns = ask();
            listen();
        }
        return columns;
    }

    private static int ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return otherwise();
            }
            String[] rowsAndColumns = new String(stty.getInputStream().readNBytes(100), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", -1);
            int columns = rowsAndColumns.length == 2 ? Integer.parseInt(rowsAndColumns[1]) : 0;
            return columns > 0 ? columns : otherwise();
        } catch (IOException | NumberFormatException e) {
            return otherwise();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise();
        }
    }

    /** As some shells export it. */
    private static int otherwise() {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : OTHERWISE;
    }

    /**
     * SIGWINCH, which ends nothing and which the JVM has no use for. By reflection, since the compiler warns of these
     * classes at each use; where a system has no such signal the width stays as it was.
     */
    private void listen() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler ask = (proxy, method, arguments) -> {
                if (!method.getName().equals("handle")) {
                    return method.getName().equals("equals") ? proxy == arguments[0] : System.identityHashCode(proxy);
                }
                columns = ask();
                changed.run();
                return null;
            };
            Object asking = Proxy.newProxyInstance(TerminalWidth.class.getClassLoader(), new Class<?>[] {handler}, ask);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), asking);
        } catch (ReflectiveOperationException e) {
            return;
        }
    }
}
