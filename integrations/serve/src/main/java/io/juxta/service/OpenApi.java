package io.juxta.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.juxta.runs.Version;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How a service is asked, as OpenAPI 3.1 says it: the whole description, without the paths that this one has not. */
final class OpenApi {
    private static final Set<String> ALWAYS = Set.of("/health", "/ready", "/metrics", "/openapi.json");

    private OpenApi() {}

    static byte[] of(Set<String> paths) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is missing beside the classes");
            }
            ObjectNode whole = (ObjectNode) json.readTree(in);
            ((ObjectNode) whole.get("info")).put("version", Version.own());
            ObjectNode described = (ObjectNode) whole.get("paths");
            List<String> all = new ArrayList<>();
            described.fieldNames().forEachRemaining(all::add);
            for (String path : all) {
                if (!paths.contains(path) && !ALWAYS.contains(path)) {
                    described.remove(path);
                }
            }
            return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(whole);
        }
    }
}
