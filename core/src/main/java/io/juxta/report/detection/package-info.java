/**
 * What a report shows of a run that learns to detect: labels as they were read, drawn over their photos, precision over recall of each
 * class, and the worst mistakes as pictures.
 */
@NullMarked
package io.juxta.report.detection;

import org.jspecify.annotations.NullMarked;
