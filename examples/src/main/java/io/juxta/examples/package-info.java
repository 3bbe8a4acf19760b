/** Programs that use the library, to be read and taken from. */
@NullMarked
package io.juxta.examples;

import org.jspecify.annotations.NullMarked;
