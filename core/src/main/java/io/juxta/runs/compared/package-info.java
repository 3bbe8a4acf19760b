/** What comparing encoders measures and writes: accuracies with intervals, a table, a CSV, a page, and what to make of them. */
@NullMarked
package io.juxta.runs.compared;

import org.jspecify.annotations.NullMarked;
