package io.juxta.serve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apiguardian.api.API;

/**
 * Puts together what many threads ask for at once, for one thread of its own to compute in batches. While a batch is
 * computed the next one gathers, so that nothing ever waits for company: alone, a request is a batch.
 *
 * @param <A> what is asked
 * @param <B> what is answered
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Batcher<A, B> implements AutoCloseable {
    /** Computes a batch. */
    public interface Work<A, B> {
        /** @return as many as there are inputs, in their order */
        List<B> compute(List<A> inputs);
    }

    private record Request<A, B>(A input, CompletableFuture<B> answer) {}

    private final Deque<Request<A, B>> waiting = new ArrayDeque<>();
    private final Work<A, B> work;
    private final String name;
    private final int batchSize;
    private final int capacity;
    private final Thread thread;
    private boolean closed;

    /**
     * @param name of the thread and, in messages, of what was closed
     * @param batchSize the most requests computed at once; twice as many may wait
     */
    public Batcher(String name, int batchSize, Work<A, B> work) {
        this.name = name;
        this.batchSize = batchSize;
        this.capacity = 2 * batchSize;
        this.work = work;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Asks, and waits while too many others have asked already.
     *
     * @throws IllegalStateException when it is closed
     * @throws InterruptedException when this thread was interrupted, also before: nothing is asked then
     */
    public CompletableFuture<B> ask(A input) throws InterruptedException {
        if (Thread.interrupted()) { // an answer that is there already is got without looking at the mark
            throw new InterruptedException();
        }
        Request<A, B> request = new Request<>(input, new CompletableFuture<>());
        synchronized (this) {
            while (!closed && waiting.size() >= capacity) {
                wait();
            }
            if (closed) {
                throw closed();
            }
            waiting.add(request);
            notifyAll();
        }
        return request.answer;
    }

    private void run() {
        for (List<Request<A, B>> batch = take(); !batch.isEmpty(); batch = take()) {
            try {
                List<B> answers =
                        work.compute(batch.stream().map(Request::input).toList());
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).answer.complete(answers.get(i));
                }
            } catch (Throwable e) { // whatever it is, it is the callers' to know, and the next batch may do better
                batch.forEach(request -> request.answer.completeExceptionally(e));
            }
        }
    }

    /** The next requests; none once it is closed. */
    private synchronized List<Request<A, B>> take() {
        while (!closed && waiting.isEmpty()) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread", e);
            }
        }
        List<Request<A, B>> batch = new ArrayList<>();
        while (!closed && batch.size() < batchSize && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        notifyAll();
        return batch;
    }

    private IllegalStateException closed() {
        return new IllegalStateException(name + " is closed");
    }

    /** Finishes the batch that is being computed; who else waits gets an {@link IllegalStateException}. */
    @Override
    public void close() {
        List<Request<A, B>> left;
        synchronized (this) {
            closed = true;
            left = new ArrayList<>(waiting);
            waiting.clear();
            notifyAll();
        }
        left.forEach(request -> request.answer.completeExceptionally(closed()));
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
