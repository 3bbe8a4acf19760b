package io.juxta.cli;

import java.util.Set;

/** A command that has keys to be set by {@code --set}. */
interface Keyed {
    /** All of them, of whatever method. */
    Set<String> keys();
}
