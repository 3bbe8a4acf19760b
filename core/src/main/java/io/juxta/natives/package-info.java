/** How the native libraries come into the JVM: where they are unpacked, and what is said when that cannot be. */
@NullMarked
package io.juxta.natives;

import org.jspecify.annotations.NullMarked;
