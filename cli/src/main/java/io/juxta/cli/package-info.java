/** The juxta command: one class per sub-command, and what they share. */
@NullMarked
package io.juxta.cli;

import org.jspecify.annotations.NullMarked;
