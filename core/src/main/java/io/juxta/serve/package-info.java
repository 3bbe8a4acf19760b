/**
 * What every server of this machine's own needs: who is answered, and how long one may take. It listens to names that requests
 * carry, since a page of somebody else's must not read what is served on 127.0.0.1.
 */
@NullMarked
package io.juxta.serve;

import org.jspecify.annotations.NullMarked;
