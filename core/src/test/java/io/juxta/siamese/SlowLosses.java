package io.juxta.siamese;

import java.util.ArrayList;
import java.util.List;

/** The losses as their papers write them, in plain loops over rows. */
final class SlowLosses {
    private SlowLosses() {}

    static double ntXent(double[][] z1, double[][] z2, double T) {
        List<double[]> all = new ArrayList<>(List.of(z1));
        all.addAll(List.of(z2));
        int n = z1.length;
        double sum = 0;
        for (int i = 0; i < 2 * n; i++) {
            double others = 0;
            for (int k = 0; k < 2 * n; k++) {
                others += k == i ? 0 : Math.exp(cosine(all.get(i), all.get(k)) / T);
            }
            sum -= Math.log(Math.exp(cosine(all.get(i), all.get((i + n) % (2 * n))) / T) / others);
        }
        return sum / (2 * n);
    }

    static double symmetricContrast(double[][] q1, double[][] q2, double[][] k1, double[][] k2, double T) {
        return 2 * T * (contrast(q1, k2, T) + contrast(q2, k1, T));
    }

    private static double contrast(double[][] q, double[][] k, double T) {
        double sum = 0;
        for (int i = 0; i < q.length; i++) {
            double all = 0;
            for (double[] key : k) {
                all += Math.exp(cosine(q[i], key) / T);
            }
            sum -= Math.log(Math.exp(cosine(q[i], k[i]) / T) / all);
        }
        return sum / q.length;
    }

    static double simSiam(double[][] p1, double[][] p2, double[][] z1, double[][] z2) {
        double sum = 0;
        for (int i = 0; i < p1.length; i++) {
            sum -= (cosine(p1[i], z2[i]) + cosine(p2[i], z1[i])) / 2;
        }
        return sum / p1.length;
    }

    static double barlowTwins(double[][] z1, double[][] z2, double lambda) {
        int d = z1[0].length;
        double loss = 0;
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < d; j++) {
                double c = 0;
                for (int n = 0; n < z1.length; n++) {
                    c += (z1[n][i] - mean(z1, i)) * (z2[n][j] - mean(z2, j)) / z1.length;
                }
                double biased = (z1.length - 1.0) / z1.length;
                c /= Math.sqrt(covariance(z1, i, i) * biased + 1e-5) * Math.sqrt(covariance(z2, j, j) * biased + 1e-5);
                loss += i == j ? (c - 1) * (c - 1) : lambda * c * c;
            }
        }
        return loss;
    }

    static double vicReg(double[][] x, double[][] y, double sim, double std, double cov) {
        int n = x.length;
        int d = x[0].length;
        double loss = 0;
        for (int i = 0; i < d; i++) {
            for (int row = 0; row < n; row++) {
                loss += sim * Math.pow(x[row][i] - y[row][i], 2) / (n * d);
            }
            for (double[][] view : List.of(x, y)) {
                loss += std * Math.max(0, 1 - Math.sqrt(covariance(view, i, i) + 1e-4)) / d / 2;
                for (int j = 0; j < d; j++) {
                    loss += j == i ? 0 : cov * Math.pow(covariance(view, i, j), 2) / d;
                }
            }
        }
        return loss;
    }

    private static double covariance(double[][] rows, int i, int j) {
        double sum = 0;
        for (double[] row : rows) {
            sum += (row[i] - mean(rows, i)) * (row[j] - mean(rows, j));
        }
        return sum / (rows.length - 1);
    }

    private static double mean(double[][] rows, int i) {
        double sum = 0;
        for (double[] row : rows) {
            sum += row[i];
        }
        return sum / rows.length;
    }

    private static double cosine(double[] a, double[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
