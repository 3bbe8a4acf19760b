/**
 * A whole piece of work put together: data, learner, loop, judgement, the run's folder, the processes. There is an entry for
 * each kind of work; what it does is told to a listener as values and its outcome is a record, so that a command, a service
 * and a notebook are clients alike.
 *
 * <p>Training runs in a thread of its own, which {@link io.juxta.runs.Run} owns; it can be asked to stop from any thread and
 * goes on later from its folder, bit for bit on a CPU. Nothing here prints, reads arguments or ends the JVM.
 */
@NullMarked
package io.juxta.runs;

import org.jspecify.annotations.NullMarked;
