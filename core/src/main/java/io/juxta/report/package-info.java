/** What a run looks like to a person: pictures taken on the way, and the page that shows them with the run's figures. */
@NullMarked
package io.juxta.report;

import org.jspecify.annotations.NullMarked;
