/** What every server of this machine's own needs: who is answered, and how long one may take. */
@NullMarked
package io.juxta.serve;

import org.jspecify.annotations.NullMarked;
