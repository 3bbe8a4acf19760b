/**
 * This machine, before and around a run: whether it computes rightly and how fast, and the processes of a run that are
 * started on it, with their output told apart and the end of one being the end of all. What a check finds is a value;
 * nothing is printed.
 *
 * <p>Processes of several machines are started by whoever has those machines.
 */
@NullMarked
package io.juxta.runs.machine;

import org.jspecify.annotations.NullMarked;
