namespace LlmPlatform.Retrieval.Documents.Detection;

/// <summary>Tells mail messages (RFC 5322) from text by their header.</summary>
internal static class MailHeader
{
    private static readonly HashSet<string> Telling = new(StringComparer.OrdinalIgnoreCase)
    {
        "Message-ID", "MIME-Version", "Received", "Return-Path", "Date", "To", "Subject", "Content-Type", "Delivered-To",
    };

    /// <summary>
    /// Whether a text begins with a mail's header: fields and their folded lines only, a sender with an address (memos have
    /// none), and one more field that mails have. A mailbox begins with a line "From sender date".
    /// </summary>
    public static bool Begins(string text)
    {
        int fields = 0;
        bool sender = false;
        bool first = true;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
            {
                break;
            }

            bool mailbox = first && line.StartsWith("From ", StringComparison.Ordinal);
            bool folded = !first && line[0] is ' ' or '\t';
            first = false;
            if (mailbox || folded)
            {
                continue;
            }

            int colon = line.IndexOf(':');
            if (colon <= 0 || line[..colon].ContainsAnyExceptInRange('!', '~'))
            {
                return false;
            }

            string name = line[..colon].ToString();
            sender |= name.Equals("From", StringComparison.OrdinalIgnoreCase) && line.Contains('@');
            fields += Telling.Contains(name) ? 1 : 0;
        }

        return sender && fields > 0;
    }
}
