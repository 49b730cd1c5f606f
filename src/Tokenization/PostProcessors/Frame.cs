using LlmPlatform.Tokenization.Encodings;

namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>A member of the input between special tokens.</summary>
internal static class Frame
{
    /// <summary>Frames an encoding and each of its overflowing windows; <paramref name="typeId"/> is the frame's segment.</summary>
    public static EncodingData Around(
        EncodingData encoding, int sequence, SpecialToken? before, SpecialToken after, int typeId, bool overwritesTypeIds)
    {
        var framed = new EncodingData();
        if (before is not null)
        {
            framed.AddSpecial(before.Ids[0], before.Tokens[0], typeId);
        }

        int start = framed.Count;
        for (int i = 0; i < encoding.Count; i++)
        {
            int segment = overwritesTypeIds ? typeId : encoding.TypeIds[i];
            framed.Add(encoding.Ids[i], encoding.Tokens[i], encoding.Offsets[i], segment, encoding.WordIds[i]);
        }

        framed.SetSequence(sequence, start, framed.Count);
        framed.AddSpecial(after.Ids[0], after.Tokens[0], typeId);
        framed.Overflowing.AddRange(
            encoding.Overflowing.Select(overflow => Around(overflow, sequence, before, after, typeId, overwritesTypeIds)));
        return framed;
    }
}
