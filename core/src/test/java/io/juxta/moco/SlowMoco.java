package io.juxta.moco;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * MoCo on {@link TinyEncoder} with a linear head, in plain loops over {@code double}, and gradients by differences. Slow
 * and obvious: what {@link Moco} is compared with where the original program has no numbers.
 */
final class SlowMoco {
    private static final double EPSILON = 1e-5;
    private static final int IN = 6;
    private static final int HIDDEN = 5;
    private static final int DIM = 8;

    /** In the order of the encoder's parameters: body (30, 5), norm (5, 5), fc (40, 8). */
    private static final int[] STARTS = {0, 30, 35, 40, 45, 85, 93};

    final double[] q;
    final double[] k;
    private final double[] velocity;
    final Deque<double[]> queue = new ArrayDeque<>();
    private final int groups;
    private final double T;

    /** @param queue oldest first */
    SlowMoco(double[] parameters, List<double[]> queue, int groups, double T) {
        q = parameters.clone();
        k = parameters.clone();
        velocity = new double[q.length];
        this.queue.addAll(queue);
        this.groups = groups;
        this.T = T;
    }

    /**
     * @param orders the permutation of the keys in the first pass, and in the second
     * @return the loss
     */
    double symmetricStep(double[][] x1, double[][] x2, double m, double lr, double wd, int[][] orders) {
        for (int i = 0; i < q.length; i++) {
            k[i] = m * k[i] + (1 - m) * q[i];
        }
        double[][] k2 = keys(x2, orders[0]);
        double[][] k1 = keys(x1, orders[1]);
        double loss = loss(q, x1, k2) + loss(q, x2, k1);
        double[] gradient = new double[q.length];
        for (int i = 0; i < q.length; i++) {
            double[] moved = q.clone();
            double h = 1e-5;
            for (int side = -2; side <= 2; side++) {
                // the five-point rule, exact up to h^4
                double weight = new double[] {1, -8, 0, 8, -1}[side + 2] / (12 * h);
                if (side != 0) {
                    moved[i] = q[i] + side * h;
                    gradient[i] += weight * (loss(moved, x1, k2) + loss(moved, x2, k1));
                }
            }
        }
        for (int i = 0; i < q.length; i++) {
            velocity[i] = 0.9 * velocity[i] + gradient[i] + wd * q[i];
            q[i] -= lr * velocity[i];
        }
        List<double[]> keys = new ArrayList<>(Arrays.asList(k1));
        keys.addAll(Arrays.asList(k2));
        for (double[] key : keys) {
            queue.removeFirst();
            queue.addLast(key);
        }
        return loss;
    }

    private double[][] keys(double[][] x, int[] order) {
        double[][] shuffled = new double[x.length][];
        for (int j = 0; j < x.length; j++) {
            shuffled[j] = x[order[j]];
        }
        double[][] embedded = embed(k, shuffled);
        double[][] keys = new double[x.length][];
        for (int j = 0; j < x.length; j++) {
            keys[order[j]] = embedded[j];
        }
        return keys;
    }

    private double loss(double[] parameters, double[][] x, double[][] keys) {
        double[][] queries = embed(parameters, x);
        double total = 0;
        for (int n = 0; n < x.length; n++) {
            double positive = Math.exp(dot(queries[n], keys[n]) / T);
            double sum = positive;
            for (double[] negative : queue) {
                sum += Math.exp(dot(queries[n], negative) / T);
            }
            total -= Math.log(positive / sum);
        }
        return total / x.length;
    }

    private double[][] embed(double[] p, double[][] x) {
        int n = x.length;
        double[][] y = new double[n][];
        for (int i = 0; i < n; i++) {
            y[i] = linear(p, STARTS[0], STARTS[1], x[i], IN, HIDDEN);
        }
        int size = n / groups;
        for (int c = 0; c < HIDDEN; c++) {
            for (int first = 0; first < n; first += size) {
                double mean = 0;
                double var = 0;
                for (int i = first; i < first + size; i++) {
                    mean += y[i][c] / size;
                }
                for (int i = first; i < first + size; i++) {
                    var += (y[i][c] - mean) * (y[i][c] - mean) / size;
                }
                for (int i = first; i < first + size; i++) {
                    double z = (y[i][c] - mean) / Math.sqrt(var + EPSILON);
                    y[i][c] = Math.max(0, z * p[STARTS[2] + c] + p[STARTS[3] + c]);
                }
            }
        }
        double[][] embedded = new double[n][];
        for (int i = 0; i < n; i++) {
            double[] out = linear(p, STARTS[4], STARTS[5], y[i], HIDDEN, DIM);
            double length = Math.sqrt(dot(out, out));
            for (int d = 0; d < DIM; d++) {
                out[d] /= length;
            }
            embedded[i] = out;
        }
        return embedded;
    }

    private static double[] linear(double[] p, int weight, int bias, double[] x, int in, int out) {
        double[] y = new double[out];
        for (int o = 0; o < out; o++) {
            y[o] = p[bias + o];
            for (int i = 0; i < in; i++) {
                y[o] += p[weight + o * in + i] * x[i];
            }
        }
        return y;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
