/**
 * What tools that write pictures share: under which names they write another format, what became of transparency and colour
 * profiles, and the page that shows originals beside what was made of them.
 */
@NullMarked
package io.juxta.runs.pictures;

import org.jspecify.annotations.NullMarked;
