/** Part of the house that breaks the plan, for the test of the test. */
@NullMarked
package io.juxta.crooked.cut.recipe;

import org.jspecify.annotations.NullMarked;
