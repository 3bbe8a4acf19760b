/**
 * What trained networks do, over HTTP: embed, search, classify, detect and translate a picture that is sent. {@link
 * io.juxta.service.Serving} is {@code juxta serve}; {@link io.juxta.service.ImageService} answers, on the JDK's own server, and bounds
 * everything that a request may take.
 */
@NullMarked
package io.juxta.service;

import org.jspecify.annotations.NullMarked;
