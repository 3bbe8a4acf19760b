package io.juxta.distributed;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether the other processes still live. A thread of its own tells the store twice a second that this process
 * does, and how many exchanges it has begun; it reads the same of the others, and the reason for which one of them gave
 * up.
 */
final class Watch implements AutoCloseable {
    private static final long BEAT = 500;
    /** Without a beat for so long, a process whose connection broke is taken for dead. */
    private static final long DEAD = 4_000;

    private final Membership membership;
    private final Rendezvous rendezvous;
    private final TCPStore store;
    private final Consumer<String> lastResort;
    private final Thread thread;
    private final String[] beats;
    private final AtomicLongArray changed;
    private final AtomicLongArray begun;

    private volatile long exchanges;
    private volatile @Nullable String reason;
    private volatile boolean closing;
    private volatile boolean noticed;
    /** When the store last answered. A store whose keeper is stopped never does, nor does a call to it end. */
    private volatile long heardAt;

    Watch(Rendezvous rendezvous, Consumer<String> lastResort) {
        this.rendezvous = rendezvous;
        this.lastResort = lastResort;
        membership = rendezvous.membership();
        store = rendezvous.connect();
        beats = new String[membership.size()];
        changed = new AtomicLongArray(membership.size());
        begun = new AtomicLongArray(membership.size());
        thread = new Thread(this::run, "juxta-watch-" + membership.rank());
        thread.setDaemon(true);
    }

    void start() {
        beat(0);
        heardAt = System.nanoTime();
        thread.start();
    }

    /** An exchange begins. */
    void begins() {
        exchanges++;
    }

    /** Why the run is over; null while it is not. */
    @Nullable
    String reason() {
        if (reason == null && storeIsSilent()) {
            reason = keeper() + " has not answered for " + membership.timeout().toSeconds()
                    + " s: it hangs, or is stopped";
        }
        noticed |= reason != null;
        return reason;
    }

    private boolean storeIsSilent() {
        return System.nanoTime() - heardAt > membership.timeout().toNanos();
    }

    private String keeper() {
        return (membership.hosted() ? "the agent" : "rank 0") + ", which keeps the store,";
    }

    /**
     * Why an exchange broke: waits until somebody says so, or a process is found to be dead.
     *
     * @param otherwise where neither is known after a while
     */
    String reasonFor(String otherwise) {
        noticed = true;
        long end = System.nanoTime() + (DEAD + 4_000) * 1_000_000;
        while (reason() == null && System.nanoTime() < end && thread.isAlive()) {
            String dead = silent(DEAD);
            if (dead != null) {
                publish(dead + " is gone: it was killed, or its machine or network failed");
            }
            Rendezvous.pause(50);
        }
        String found = reason;
        return found != null ? found : otherwise;
    }

    /** Ends the run for all, for the reason given first by anyone. */
    void publish(String why) {
        noticed = true;
        if (storeIsSilent()) {
            reason = reason == null ? why : reason;
            return;
        }
        try {
            String first = store.compareSet(rendezvous.key("failure"), "", why);
            reason = reason == null ? first : reason;
        } catch (RuntimeException e) {
            reason = reason == null ? why : reason;
        }
    }

    /** The processes that have begun fewer exchanges than this one, as the beginning of a message. */
    String late() {
        StringBuilder late = new StringBuilder();
        for (int rank = 0; rank < begun.length(); rank++) {
            if (rank != membership.rank() && begun.get(rank) < exchanges) {
                late.append(late.isEmpty() ? "rank " : ", rank ").append(rank);
            }
        }
        return late.isEmpty() ? "some rank" : late.toString();
    }

    /** Whoever keeps the store stays until the others know why, or have had time to. */
    void linger() {
        if (storeIsSilent()) {
            return;
        }
        long end = System.nanoTime() + 5_000_000_000L;
        try {
            store.add(rendezvous.key("told"), 1);
            while (membership.rank() == 0
                    && store.add(rendezvous.key("told"), 0) < membership.size()
                    && System.nanoTime() < end) {
                Rendezvous.pause(50);
            }
            if (membership.rank() == 0) {
                Rendezvous.pause(200);
            }
        } catch (RuntimeException e) {
            // the store is gone with who kept it: nobody is left to be told
            return;
        }
    }

    private void run() {
        for (long tick = 1; !closing; tick++) {
            try {
                beat(tick);
                listen();
            } catch (RuntimeException e) {
                if (!closing && reason == null) {
                    reason = keeper() + " is gone: it was killed, or its machine or network failed";
                }
            }
            if (reason != null) {
                insist();
                return;
            }
            Rendezvous.pause(BEAT);
        }
    }

    private void beat(long tick) {
        store.set(rendezvous.key("beat/" + membership.rank()), tick + " " + exchanges);
    }

    private void listen() {
        long now = System.nanoTime();
        for (int rank = 0; rank < beats.length; rank++) {
            if (rank == membership.rank() || !store.check(new StringVector(rendezvous.key("beat/" + rank)))) {
                if (rank == membership.rank() || changed.get(rank) == 0) {
                    changed.set(rank, now);
                }
                continue;
            }
            String beat = store.get_to_str(rendezvous.key("beat/" + rank));
            if (!beat.equals(beats[rank])) {
                beats[rank] = beat;
                begun.set(rank, Long.parseLong(beat.substring(beat.indexOf(' ') + 1)));
                changed.set(rank, System.nanoTime());
            }
        }
        heardAt = System.nanoTime();
        if (store.check(new StringVector(rendezvous.key("failure")))) {
            reason = store.get_to_str(rendezvous.key("failure"));
            return;
        }
        String silent = silent(membership.timeout().toMillis());
        if (silent != null && !closing) {
            publish(silent + " has not answered for " + membership.timeout().toSeconds()
                    + " s: it hangs, or is stopped");
        }
    }

    /** The first process that was not heard of for so many milliseconds while the store answered. */
    private @Nullable String silent(long milliseconds) {
        for (int rank = 0; rank < changed.length(); rank++) {
            boolean heard = (heardAt - changed.get(rank)) / 1_000_000 < milliseconds;
            if (rank != membership.rank() && changed.get(rank) != 0 && !heard) {
                return "rank " + rank;
            }
        }
        return null;
    }

    /**
     * The run is over, and this process must end. It is given as long as a process may be silent, to end what it is at,
     * such as writing a checkpoint, and then no longer, whatever its main thread waits for.
     */
    private void insist() {
        long end = System.nanoTime() + membership.timeout().toNanos();
        while (!closing && System.nanoTime() < end) {
            Rendezvous.pause(50);
        }
        if (!closing && !noticed) {
            lastResort.accept(reason);
        }
    }

    @Override
    public void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                // not for ever: it may wait for a store that will never answer
                thread.join(4 * BEAT);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
