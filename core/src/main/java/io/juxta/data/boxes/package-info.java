/** Pictures with boxes: rectangles about objects and the classes of these, as people label them. */
@NullMarked
package io.juxta.data.boxes;

import org.jspecify.annotations.NullMarked;
