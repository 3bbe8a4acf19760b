package io.juxta.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class BatcherTest {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    /** Doubles; the first batch takes until it is told to go on. */
    private List<Integer> doubled(List<Integer> inputs) {
        sizes.add(inputs.size());
        started.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (inputs.contains(13)) {
            throw new IllegalArgumentException("13 brings bad luck");
        }
        return inputs.stream().map(i -> 2 * i).toList();
    }

    @Test
    void whatGathersWhileOneIsComputedIsTheNextBatch() throws Exception {
        try (Batcher<Integer, Integer> batcher = new Batcher<>("doubler", 4, this::doubled)) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            answers.add(batcher.ask(0));
            started.await();
            for (int i = 1; i <= 8; i++) {
                answers.add(batcher.ask(i));
            }
            goOn.countDown();
            for (int i = 0; i <= 8; i++) {
                assertThat(answers.get(i).get()).isEqualTo(2 * i);
            }
            assertThat(sizes).containsExactly(1, 4, 4);
        }
    }

    @Test
    void aFullQueueWaits() throws Exception {
        try (Batcher<Integer, Integer> batcher = new Batcher<>("doubler", 2, this::doubled)) {
            batcher.ask(0);
            started.await();
            for (int i = 1; i <= 4; i++) {
                batcher.ask(i);
            }
            CompletableFuture<Integer> late = new CompletableFuture<>();
            CountDownLatch asked = new CountDownLatch(1);
            Thread caller = new Thread(() -> {
                try {
                    CompletableFuture<Integer> answer = batcher.ask(5);
                    asked.countDown();
                    late.complete(answer.get());
                } catch (InterruptedException | ExecutionException e) {
                    late.completeExceptionally(e);
                }
            });
            caller.start();
            while (caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            long waitedToAsk = asked.getCount();
            goOn.countDown(); // first, or closing would wait for ever where the next line fails
            assertThat(waitedToAsk).as("it waits before it has asked").isEqualTo(1);
            assertThat(late.get()).isEqualTo(10);
        }
    }

    @Test
    void aBatchThatFailsFailsForItsCallersAlone() throws Exception {
        goOn.countDown();
        try (Batcher<Integer, Integer> batcher = new Batcher<>("doubler", 1, this::doubled)) {
            assertThatThrownBy(batcher.ask(13)::get).hasRootCauseMessage("13 brings bad luck");
            assertThat(batcher.ask(4).get()).isEqualTo(8);
        }
    }

    /** However soon the answer would be there: whether the caller hears of its interruption is no race. */
    @Test
    void anInterruptedCallerAsksNothing() throws Exception {
        goOn.countDown();
        try (Batcher<Integer, Integer> batcher = new Batcher<>("doubler", 1, this::doubled)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> batcher.ask(1)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            assertThat(batcher.ask(2).get()).isEqualTo(4);
            assertThat(sizes).containsExactly(1);
        }
    }

    @Test
    void closingFinishesWhatIsComputedAndRefusesTheRest() throws Exception {
        Batcher<Integer, Integer> batcher = new Batcher<>("doubler", 1, this::doubled);
        CompletableFuture<Integer> computed = batcher.ask(1);
        started.await();
        CompletableFuture<Integer> waiting = batcher.ask(2);
        Thread closer = new Thread(batcher::close);
        closer.start();
        assertThatThrownBy(waiting::get).hasRootCauseMessage("doubler is closed");
        assertThat(closer.isAlive()).isTrue();
        goOn.countDown();
        closer.join();
        assertThat(computed.get()).isEqualTo(2);
        assertThatThrownBy(() -> batcher.ask(3)).isInstanceOf(IllegalStateException.class);
    }
}
