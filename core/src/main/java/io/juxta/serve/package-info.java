/**
 * What every server needs: who is answered, how long one may take, and what is computed together. It listens to names that requests
 * carry, since a page of somebody else's must not read what is served on 127.0.0.1.
 */
@NullMarked
package io.juxta.serve;

import org.jspecify.annotations.NullMarked;
