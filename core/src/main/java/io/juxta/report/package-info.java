/**
 * What a run looks like to a person: pictures taken on the way, and the page that shows them with the run's figures, one
 * file that needs no network. A page is made from the run's folder alone, and nothing in that is trusted. Here is who takes
 * the pictures and who writes and serves the page; what is drawn, kept and shown has rooms of its own.
 *
 * <p>A report that cannot be made is a warning; the run goes on without.
 */
@NullMarked
package io.juxta.report;

import org.jspecify.annotations.NullMarked;
