#!/bin/sh
# A peer for tests: what it is asked for says what it does.
echo started >> "$0.log"
while read -r line; do
    case "$line" in
        *'"bad world"'*) exit 4 ;;
        *'"world"'*) echo '"ready"' ;;
        *'"allow"'*) echo '{"outcome":"allow"}' ;;
        *'"raise"'*) echo '{"outcome":{"raise":"TypeError"}}' ;;
        *'"error"'*) echo '{"error":"cannot parse"}' ;;
        *'"unsupported"'*) echo '{"unsupported":"a list"}' ;;
        *'"panic"'*) echo '"panicked"' ;;
        *'"exit"'*) exit 3 ;;
        *'"abort"'*) kill -ABRT $$ ;;
        *'"garbage"'*) echo 'what?' ;;
        *'"hang"'*) exec sleep 100 ;;
    esac
done
