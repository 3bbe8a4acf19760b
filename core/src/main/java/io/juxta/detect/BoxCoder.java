package io.juxta.detect;

import io.juxta.data.boxes.Boxes;
import org.apiguardian.api.API;

/**
 * The way from one box to another as four numbers for a network to learn (Girshick et al., 2014, appendix C): the shift of
 * the centre in widths and heights, the change of width and height as logarithms, each times a weight.
 *
 * @param wx weight of dx and dy
 * @param ww weight of dw and dh
 */
@API(status = API.Status.INTERNAL)
public record BoxCoder(double wx, double ww) {
    /** Of proposals from anchors. */
    public static final BoxCoder OF_PROPOSALS = new BoxCoder(1, 1);

    /** Of detections from proposals. */
    public static final BoxCoder OF_DETECTIONS = new BoxCoder(10, 5);

    /** The largest logarithm of a growth that is believed: from 16 pixels to 1000. */
    public static final double MOST_GROWTH = Math.log(1000.0 / 16);

    /**
     * dx, dy, dw, dh of the way from one box to another.
     *
     * @param from with a width and a height
     * @param to with a width and a height
     * @param deltas where the four numbers are put
     * @param at at which place
     */
    void encode(Boxes from, int i, Boxes to, int j, double[] deltas, int at) {
        double width = from.width(i);
        double height = from.height(i);
        deltas[at] = wx * (centre(to.x1(j), to.x2(j)) - centre(from.x1(i), from.x2(i))) / width;
        deltas[at + 1] = wx * (centre(to.y1(j), to.y2(j)) - centre(from.y1(i), from.y2(i))) / height;
        deltas[at + 2] = ww * Math.log(to.width(j) / width);
        deltas[at + 3] = ww * Math.log(to.height(j) / height);
    }

    /**
     * The boxes at the end of the ways.
     *
     * @param deltas K times four numbers for each box
     * @param from N boxes
     * @return N K boxes, the K of the first box first
     */
    Boxes decode(double[] deltas, Boxes from) {
        double[] xyxy = new double[deltas.length];
        int perBox = from.isEmpty() ? 0 : deltas.length / from.size();
        for (int at = 0; at < deltas.length; at += 4) {
            int i = at / perBox;
            double width = from.width(i);
            double height = from.height(i);
            double x = centre(from.x1(i), from.x2(i)) + deltas[at] / wx * width;
            double y = centre(from.y1(i), from.y2(i)) + deltas[at + 1] / wx * height;
            double halfWidth = Math.exp(Math.min(deltas[at + 2] / ww, MOST_GROWTH)) * width / 2;
            double halfHeight = Math.exp(Math.min(deltas[at + 3] / ww, MOST_GROWTH)) * height / 2;
            xyxy[at] = x - halfWidth;
            xyxy[at + 1] = y - halfHeight;
            xyxy[at + 2] = x + halfWidth;
            xyxy[at + 3] = y + halfHeight;
        }
        return Boxes.of(xyxy);
    }

    private static double centre(double low, double high) {
        return low + (high - low) / 2;
    }
}
