package dev.workerpool.worker.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

/** Not more headers than a server has to bear: each is objects of some hundred bytes, and may have come as four. */
final class BoundedHeaders extends DefaultHttpHeaders {
    private BoundedHeaders(DefaultHttpHeadersFactory rules) {
        super(rules.getNameValidator(), rules.getValueValidator());
    }

    /** @param rules for names and values */
    static HttpHeadersFactory by(DefaultHttpHeadersFactory rules) {
        return new HttpHeadersFactory() {
            @Override
            public HttpHeaders newHeaders() {
                return new BoundedHeaders(rules);
            }

            @Override
            public HttpHeaders newEmptyHeaders() {
                return newHeaders();
            }
        };
    }

    @Override
    public HttpHeaders add(String name, Object value) {
        confirmRoom();
        return super.add(name, value);
    }

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        confirmRoom();
        return super.add(name, value);
    }

    private void confirmRoom() {
        if (size() == HttpLimits.MAX_HEADER_COUNT + HttpLimits.PEER_HEADER_COUNT) {
            throw new TooLongHttpHeaderException("More than " + size() + " headers");
        }
    }
}
