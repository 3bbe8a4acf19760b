/**
 * What is kept of a run that translates images, in the same folder as {@code report.snapshots} has: a few images of both
 * domains, their translations after some epochs, and how well patches of a translation find their source. Sheets are JPEG
 * pictures of at most a few hundred tiles.
 */
@NullMarked
package io.juxta.report.translation;

import org.jspecify.annotations.NullMarked;
