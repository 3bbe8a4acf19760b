package io.juxta.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** What an answer consists of. */
record Answer(String type, byte[] body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Answer json(Object values) throws IOException {
        return new Answer("application/json", JSON.writeValueAsBytes(values));
    }
}
