/** The run log: TensorBoard's event files, and lines of JSON for machines. */
@NullMarked
package io.juxta.train.log;

import org.jspecify.annotations.NullMarked;
