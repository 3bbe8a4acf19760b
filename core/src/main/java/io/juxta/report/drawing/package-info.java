/**
 * Pictures out of numbers and out of other pictures: sheets of many, an image as a generator sees it, maps of cosines, boxes
 * with their names. What is drawn is small and goes into a page or beside one; nothing here knows a run or its folder.
 */
@NullMarked
package io.juxta.report.drawing;

import org.jspecify.annotations.NullMarked;
