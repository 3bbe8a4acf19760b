/** Which images are like which. */
@NullMarked
package io.juxta.search;

import org.jspecify.annotations.NullMarked;
