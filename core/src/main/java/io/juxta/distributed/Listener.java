package io.juxta.distributed;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A socket that listens at one address alone. libtorch's store would listen at all addresses of the machine, whichever one
 * was given, and nobody who reaches it is asked who he is; but it takes a socket that listens already, by its number. Java
 * does not tell that number, Linux does; elsewhere the store listens everywhere.
 */
final class Listener {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String LISTENING = "0A";

    /** The number belongs to the store, which closes it: Java must never do so, by when it may be another file's. */
    private static final ConcurrentLinkedQueue<ServerSocketChannel> GIVEN_AWAY = new ConcurrentLinkedQueue<>();

    private Listener() {}

    /**
     * The address to listen at for those who come to a place.
     *
     * @param master a name or an address, as rank 0 was given it
     * @return empty where it must be all: the name leads elsewhere, as that of a service does, or to this machine alone
     *     though others come from outside, as a machine's own name does on some systems
     */
    static Optional<InetAddress> address(String master) {
        try {
            InetAddress address = InetAddress.getByName(master);
            if (address.isLoopbackAddress()) {
                boolean meant = master.equals("localhost") || master.startsWith("127.") || master.equals("::1");
                return meant ? Optional.of(address) : Optional.empty();
            }
            boolean here = !address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) != null;
            return here ? Optional.of(address) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Listens.
     *
     * @return the socket's number, which belongs to the caller; empty where the system does not tell it, and then nothing
     *     listens
     * @throws IOException when the port is taken there
     */
    static OptionalInt open(InetAddress address, int port) throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return OptionalInt.empty();
        }
        ServerSocketChannel channel = ServerSocketChannel.open(
                address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(address, port));
            OptionalInt number = number(port);
            if (number.isPresent()) {
                GIVEN_AWAY.add(channel);
                return number;
            }
            channel.close();
            return number;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The file of this process that is a socket listening at a port. */
    private static OptionalInt number(int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (String table : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
            Path path = Path.of(table);
            if (Files.isReadable(path)) {
                for (String line : Files.readAllLines(path)) {
                    String[] words = line.strip().split("\\s+");
                    if (words.length > 9
                            && words[3].equals(LISTENING)
                            && words[1].endsWith(String.format(Locale.ROOT, ":%04X", port))) {
                        sockets.add("socket:[" + words[9] + "]");
                    }
                }
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file) && sockets.contains(link(file))) {
                    return OptionalInt.of(Integer.parseInt(file.getFileName().toString()));
                }
            }
        }
        return OptionalInt.empty();
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }
}
