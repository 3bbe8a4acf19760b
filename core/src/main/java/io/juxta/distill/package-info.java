/**
 * Distillation: an encoder, the student, learns on unlabelled images to see as another does that was trained before, the teacher, which
 * may be larger, of another kind and of another program. By default as in SEED (Fang et al., 2021, arXiv 2101.04731): the student's
 * similarities to a queue of the teacher's embeddings are to be the teacher's; or by regression of the teacher's embeddings
 * (Navaneet et al., 2021, arXiv 2201.05131).
 *
 * <p>The teacher stays as it is, in evaluation mode. It sees the same view as the student, as in both papers, or has seen every image
 * once, unaugmented, before training begins.
 */
@NullMarked
package io.juxta.distill;

import org.jspecify.annotations.NullMarked;
