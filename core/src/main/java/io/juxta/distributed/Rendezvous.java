package io.juxta.distributed;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.IntOptional;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;

/**
 * How processes find each other: at a store of PyTorch's (TCPStore) that rank 0 keeps, or an agent for it. A mistake
 * that libtorch would end the JVM for, without a word that a person could use, is looked for beforehand.
 */
final class Rendezvous {
    private static final long PAUSE = 50;

    // of TCPStore's protocol: the store is greeted before libtorch does it, whose failure would be the JVM's end
    private static final byte VALIDATE = 0;
    private static final byte PING = 13;
    private static final int MAGIC = 0x3C85F7CE;

    private final Membership membership;
    private final String prefix;

    /** Kept by rank 0 for as long as the run lasts. */
    private final TCPStore store;

    private final InetAddress own;

    private Rendezvous(Membership membership, TCPStore store, InetAddress own) {
        this.membership = membership;
        this.store = store;
        this.own = own;
        prefix = "juxta/" + membership.attempt() + "/";
    }

    /** @throws PeerException when the processes that should come do not */
    static Rendezvous meet(Membership membership) throws IOException {
        boolean host = membership.rank() == 0 && !membership.hosted();
        if (host) {
            requireFree(membership.port());
        }
        TCPStore server = host ? serve(membership) : null;
        InetAddress own = host && membership.size() == 1 ? InetAddress.getLoopbackAddress() : greet(membership);
        TCPStore store = server != null ? server : open(membership, membership.master());
        Rendezvous rendezvous = new Rendezvous(membership, store, own);
        rendezvous.gather();
        return rendezvous;
    }

    private static void requireFree(int port) throws PeerException {
        try {
            Ports.requireFree(port);
        } catch (IOException e) {
            throw taken(port, e);
        }
    }

    private static PeerException taken(int port, IOException e) {
        return new PeerException(
                "port " + port + " is taken, rank 0 cannot be met there (" + e.getMessage()
                        + "): choose another MASTER_PORT",
                e);
    }

    /** A connection of its own to the store. */
    TCPStore connect() {
        boolean host = membership.rank() == 0 && !membership.hosted();
        return open(membership, host ? here(membership) : membership.master());
    }

    /** Rank 0's own name may lead elsewhere, as that of a service does; its store is here. */
    private static String here(Membership membership) {
        return Listener.address(membership.master())
                .map(InetAddress::getHostAddress)
                .orElse("localhost");
    }

    /** The store, at the address that was given and no other where that can be. */
    private static TCPStore serve(Membership membership) throws PeerException {
        Optional<InetAddress> address = Listener.address(membership.master());
        TCPStoreOptions options = options(membership, true);
        if (address.isPresent()) {
            try {
                Listener.open(address.get(), membership.port())
                        .ifPresent(number -> options.masterListenFd(new IntOptional(number)));
            } catch (IOException e) {
                throw taken(membership.port(), e);
            }
        }
        return new TCPStore(here(membership), options);
    }

    private static TCPStore open(Membership membership, String host) {
        return new TCPStore(host, options(membership, false));
    }

    private static TCPStoreOptions options(Membership membership, boolean server) {
        TCPStoreOptions options = new TCPStoreOptions();
        options.port((short) membership.port());
        options.isServer(server);
        options.waitWorkers(false);
        options.timeout(new Milliseconds(membership.timeout().toMillis()));
        return options;
    }

    /**
     * Waits until the store answers.
     *
     * @return the address of this machine that the others reach it by
     */
    private static InetAddress greet(Membership membership) throws PeerException {
        String place = membership.master() + " port " + membership.port();
        long end = System.nanoTime() + membership.timeout().toNanos();
        IOException last = null;
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(membership.master(), membership.port()), 2000);
                requireStore(socket, place);
                return ownAddress(membership, socket);
            } catch (PeerException e) {
                throw e;
            } catch (IOException e) {
                last = e;
            }
            pause(PAUSE);
        }
        String why = last instanceof UnknownHostException
                ? "the name is unknown here"
                : last == null ? "no time" : String.valueOf(last.getMessage());
        throw new PeerException(
                "rank " + membership.rank() + " waited " + membership.timeout().toSeconds() + " s for rank 0 at "
                        + place + " (" + why + "): is rank 0 started, and are MASTER_ADDR and MASTER_PORT its own?",
                last);
    }

    private static void requireStore(Socket socket, String place) throws IOException {
        socket.setSoTimeout(5000);
        int nonce = 0x6A757874;
        ByteBuffer greeting = ByteBuffer.allocate(10).order(ByteOrder.nativeOrder());
        greeting.put(VALIDATE).putInt(MAGIC).put(PING).putInt(nonce);
        OutputStream out = socket.getOutputStream();
        out.write(greeting.array());
        out.flush();
        byte[] answer = new byte[4];
        try {
            new DataInputStream(socket.getInputStream()).readFully(answer);
        } catch (SocketTimeoutException e) {
            throw new PeerException(foreign(place), e);
        }
        if (ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()).getInt() != nonce) {
            throw new PeerException(foreign(place));
        }
    }

    private static String foreign(String place) {
        return "what answers at " + place + " is no run: another program listens there, choose another MASTER_PORT";
    }

    private static InetAddress ownAddress(Membership membership, Socket socket) throws IOException {
        String wanted = System.getenv("GLOO_SOCKET_IFNAME");
        if (wanted != null && !wanted.isBlank()) {
            NetworkInterface face = NetworkInterface.getByName(wanted.strip());
            if (face == null || face.getInterfaceAddresses().isEmpty()) {
                throw new PeerException(
                        "GLOO_SOCKET_IFNAME " + wanted + " is no network of this machine with an address");
            }
            return face.getInterfaceAddresses().get(0).getAddress();
        }
        InetAddress own = socket.getLocalAddress();
        String master = membership.master();
        boolean meant = master.equals("localhost") || master.startsWith("127.") || master.equals("::1");
        if (!own.isLoopbackAddress() || meant || membership.localSize() == membership.size()) {
            return own;
        }
        // a machine that knows its own name as a loopback address: the others must have one that leads here
        return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                .flatMap(face -> Collections.list(face.getInetAddresses()).stream())
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .min(Comparator.comparing(address -> address.getAddress().length))
                .orElse(own);
    }

    /** Counts who is here, until all are. */
    private void gather() throws PeerException {
        int size = membership.size();
        String counted = store.compareSet(prefix + "size", "", Integer.toString(size));
        if (!counted.equals(Integer.toString(size))) {
            refuse("rank " + membership.rank() + " was started with WORLD_SIZE " + size + ", others with " + counted
                    + ": give all processes of a run the same");
        }
        if (store.add(prefix + "rank/" + membership.rank(), 1) > 1) {
            refuse("two processes were started as rank " + membership.rank() + ": give each of the " + size
                    + " processes a RANK of its own");
        }
        store.add(prefix + "here", 1);
        long end = System.nanoTime() + membership.timeout().toNanos();
        while (store.add(prefix + "here", 0) < size) {
            if (has("refused")) {
                leave(store.get_to_str(prefix + "refused"));
            }
            if (System.nanoTime() > end) {
                refuse(missing() + " did not come within "
                        + membership.timeout().toSeconds() + " s: WORLD_SIZE is " + size
                        + ", are as many processes started?");
            }
            pause(PAUSE);
        }
    }

    private String missing() {
        List<String> missing = new ArrayList<>();
        for (int rank = 0; rank < membership.size(); rank++) {
            if (!has("rank/" + rank)) {
                missing.add(Integer.toString(rank));
            }
        }
        String some = missing.stream().limit(8).collect(Collectors.joining(", ")) + (missing.size() > 8 ? ", ..." : "");
        return (missing.size() == 1 ? "rank " : "ranks ") + some;
    }

    private boolean has(String key) {
        return store.check(new StringVector(prefix + key));
    }

    /** Ends the meeting for all who are here, with the reason of whoever was first to give one. */
    private void refuse(String reason) throws PeerException {
        leave(store.compareSet(prefix + "refused", "", reason));
    }

    private void leave(String reason) throws PeerException {
        store.add(prefix + "left", 1);
        if (membership.rank() == 0) {
            // who keeps the store stays until the others have read the reason
            long end = System.nanoTime() + 3_000_000_000L;
            while (store.add(prefix + "left", 0) < store.add(prefix + "here", 0) && System.nanoTime() < end) {
                pause(PAUSE);
            }
            pause(4 * PAUSE);
        }
        throw new PeerException(reason);
    }

    static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Membership membership() {
        return membership;
    }

    TCPStore store() {
        return store;
    }

    /** Where the others reach this process, without the name of the network that belongs to some addresses. */
    String own() {
        return own.getHostAddress().split("%", 2)[0];
    }

    String key(String name) {
        return prefix + name;
    }
}
