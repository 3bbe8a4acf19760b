/**
 * The page {@code report.html}: a run's folder read back, its figures ranked and drawn as curves, and all of it as one HTML
 * file whose own policy lets it load nothing and run one script. Scripts and styles are resources of this room.
 *
 * <p>Files in the folder may be damaged, foreign or hostile: each is bounded, checked and escaped, and what cannot be read
 * is left out or named.
 */
@NullMarked
package io.juxta.report.page;

import org.jspecify.annotations.NullMarked;
