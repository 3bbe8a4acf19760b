package io.juxta.dino;

import io.juxta.backbone.Perceptron;
import io.juxta.train.embedding.BackboneOptions;
import io.juxta.train.embedding.Momentum;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Key;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.List;
import org.apiguardian.api.API;

/** What DINO is. */
@API(status = API.Status.INTERNAL)
public record DinoOptions(
        @Means(
                value =
                        "widths of the projector's layers, the last that of the embedding: 2048, 2048, 256 in the paper",
                source = "Caron et al. 2021, appendix C")
        @Range(least = 2, most = 65536)
        @Default("[2048, 2048, 256]")
        List<Integer> projector,

        @Means(
                value = "whether batch norm stands behind the projector's hidden layers: not in the paper's runs",
                source = "Caron et al. 2021, appendix C")
        @Default("false")
        boolean projectorNorm,

        @Means(
                value = "outputs, which teacher and student spread an image over: 65536 in the paper",
                source = "Caron et al. 2021")
        @Range(least = 2, most = 1048576)
        @Key("K")
        @Default("65536")
        int K,

        @Means(
                value = "whether the last layer's directions have length 1: steadier; false may help large networks",
                source = "Caron et al. 2021, program")
        @Default("true")
        boolean normLastLayer,

        @Means(
                value =
                        "epochs at the beginning in which the last layer stays as it is; more where the loss does not fall",
                unit = "epochs",
                source = "Caron et al. 2021, program")
        @Range(least = 0)
        @Default("1")
        int freezeLastLayer,

        @Means(
                value =
                        "momentum of the teacher at the beginning: 0.996 for batches of 512, nearer to 1 for smaller ones of long runs",
                source = "Caron et al. 2021, section 3.1")
        @Range(least = 0, most = 1)
        @Key("m")
        @Default("0.996")
        double m,

        @Means(value = "cosine lets m grow to 1 over the run", source = "Caron et al. 2021, section 3.1")
        @Default("cosine")
        Momentum.Course mSchedule,

        @Means(value = "temperature of the student's outputs", source = "Caron et al. 2021, section 3.2")
        @Range(most = 100, above = 0)
        @Key("student-T")
        @Default("0.1")
        double studentT,

        @Means(
                value = "temperature of the teacher's from teacher-warmup-epochs on, below the student's: 0.04 to 0.07",
                source = "Caron et al. 2021, section 3.2")
        @Range(most = 100, above = 0)
        @Key("teacher-T")
        @Default("0.04")
        double teacherT,

        @Means(
                value =
                        "temperature of the teacher's in the first epoch, from which it grows evenly; lower where the loss does not fall",
                source = "Caron et al. 2021, section 3.2")
        @Range(most = 100, above = 0)
        @Key("teacher-T-start")
        @Default("0.04")
        double teacherTStart,

        @Means(
                value = "epochs until it is teacher-T; 0 for all at teacher-T",
                unit = "epochs",
                source = "Caron et al. 2021")
        @Range(least = 0)
        @Default("0")
        int teacherWarmupEpochs,

        @Means(
                value = "share that the centre of the teacher's outputs keeps in a step",
                source = "Caron et al. 2021, equation 4")
        @Range(least = 0, below = 1)
        @Default("0.9")
        double centreMomentum,

        @Means(
                value =
                        "of matrices and kernels, not of biases and norms, at the beginning: 0.04 with adamw, 1e-4 with sgd",
                source = "Caron et al. 2021, section 3.2")
        @Range(least = 0, below = 1)
        @MayChange
        @Default("0.04")
        double weightDecay,

        @Means(
                value = "that of the end, which it comes to by a cosine: 0.4 with adamw, 1e-4 with sgd",
                source = "Caron et al. 2021, section 3.2")
        @Range(least = 0, below = 1)
        @MayChange
        @Default("0.4")
        double finalWeightDecay) {
    public DinoOptions {
        projector = BackboneOptions.requireWidths("projector", projector);
        new Momentum(m, mSchedule);
        check(K >= 2 && K <= 1 << 20, "K " + K + " must be from 2 to 1048576 (65536 is the paper's)");
        check(freezeLastLayer >= 0, "freeze-last-layer " + freezeLastLayer + " must be at least 0");
        requireTemperature("student-T", studentT, "0.1");
        requireTemperature("teacher-T", teacherT, "0.04");
        requireTemperature("teacher-T-start", teacherTStart, "0.04");
        check(teacherWarmupEpochs >= 0, "teacher-warmup-epochs " + teacherWarmupEpochs + " must be at least 0");
        check(
                centreMomentum >= 0 && centreMomentum < 1,
                "centre-momentum " + centreMomentum + " must be at least 0 and below 1 (0.9 is the paper's)");
        requireDecay("weight-decay", weightDecay);
        requireDecay("final-weight-decay", finalWeightDecay);
    }

    private static void requireTemperature(String key, double T, String usual) {
        check(T > 0 && T <= 100, key + " " + T + " must be above 0 and at most 100 (" + usual + " is the paper's)");
    }

    private static void requireDecay(String key, double decay) {
        check(decay >= 0 && decay < 1, key + " " + decay + " must be at least 0 and below 1");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    Momentum momentumOfTeacher() {
        return new Momentum(m, mSchedule);
    }

    Perceptron.Form form() {
        return new Perceptron.Form(
                Perceptron.Bias.ALL,
                Perceptron.LastNorm.NONE,
                projectorNorm ? Perceptron.Hidden.NORM_GELU : Perceptron.Hidden.GELU);
    }

    LastLayer lastLayer() {
        return new LastLayer(projector.get(projector.size() - 1), K, normLastLayer);
    }

    /** The teacher's temperature in an epoch, from 0: evenly from the first to the last of the warm-up, both ends included. */
    double teacherT(int epoch) {
        if (epoch >= teacherWarmupEpochs) {
            return teacherT;
        }
        return teacherWarmupEpochs == 1
                ? teacherTStart
                : teacherTStart + (teacherT - teacherTStart) * epoch / (teacherWarmupEpochs - 1);
    }

    /** @param progress from 0 at the first step to 1 at the end */
    double weightDecay(double progress) {
        return finalWeightDecay + (weightDecay - finalWeightDecay) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
}
