package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {

    private static String of(String json) throws JsonProcessingException {
        return Digest.of(new ObjectMapper().readTree(json));
    }

    /** It is written to objects: another one would have all of them written anew at the next release. */
    @Test
    void staysTheSameFromReleaseToRelease() throws JsonProcessingException {
        assertThat(of("""
                {"text": "a \\"quote\\", a \\\\ and ümlaut\\n", "number": 17, "yes": true, "list": [1, {"b": "2", "a": null}]}
                """)).isEqualTo("7ed324231ad89d91");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    {"a":1,"b":2}      | {"b":2,"a":1}
                    {"a":1}            | {"a":1,"b":null}
                    {"a":1}            | {"a":1,"b":[],"c":{}}
                    {"a":1}            | {"a":1,"b":{"c":{"d":null}}}
                    """)
    void isTheSameForWhatSaysTheSame(String one, String other) throws JsonProcessingException {
        assertThat(of(one)).isEqualTo(of(other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    {"a":"x","b":"y"}  | {"a":"x\\",\\"b\\":\\"y"}
                    {"a":"1"}          | {"a":1}
                    {"a":"true"}       | {"a":true}
                    {"a":[1,2]}        | {"a":[2,1]}
                    {"a":[[]]}         | {"a":[]}
                    {"a":1}            | {"b":1}
                    """)
    void tellsApartWhatDiffers(String one, String other) throws JsonProcessingException {
        assertThat(of(one)).isNotEqualTo(of(other));
    }
}
